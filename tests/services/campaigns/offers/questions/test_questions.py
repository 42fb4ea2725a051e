"""Questions: held until their asker presses a button, answered by planners, published without who asked."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.campaigns.offers.questions.ask_question import ask_question
from services.campaigns.offers.questions.erase_questions import erase_questions
from services.campaigns.offers.questions.pass_questions_on import find_questions_to_pass_on, pass_questions_on
from services.campaigns.offers.questions.question import Asked, parse_question
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_week, an_organisation

pytestmark = pytest.mark.anyio

WORDS, EMAIL = "Faut-il des chaussures de sécurité ? Je suis Ambre.", "ambre@mail.example"


@pytest.fixture
async def week(pool):
    return await a_week(pool)


async def ask(visitor, week, words=WORDS, email=EMAIL):
    return await visitor.post(f"/offres/{week.slug}/question", data={"words": words, "email": email})


async def link_of(pool, settings) -> str:
    question_id = await pool.fetchval("SELECT id FROM campaigns.questions ORDER BY id DESC LIMIT 1")
    return f"/questions/{Signer(settings.secret_keys).token('question', question_id)}"


async def facts(pool, tag: str) -> int:
    return await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = $1", tag)


async def pass_on(pool, now=NOW) -> None:
    async with transaction(pool) as connection:
        for offer_id in await find_questions_to_pass_on(connection, now=now):
            await pass_questions_on(connection, offer_id=offer_id, now=now)


async def test_from_a_question_to_an_answer_that_everybody_reads(visitor, pool, settings, week, sign_in):
    offer_page = f"/offres/{week.slug}"
    assert f"{offer_page}/question" in read(await visitor.get(offer_page)).links()
    form = await visitor.get(f"{offer_page}/question")
    assert form.status_code == 200
    assert "Votre question" in form.text
    asked = await ask(visitor, week)
    assert asked.status_code == 202
    assert "voyez votre messagerie" in asked.text

    planner = await sign_in(week.organisation_id)
    room = f"/planification/{week.slug}/questions"
    await pass_on(pool)
    assert "chaussures" not in (await planner.get(room)).text, "not before the button was pressed"
    assert await facts(pool, "question.passed_on") == 0

    link = await link_of(pool, settings)
    opened = await visitor.get(link)
    assert WORDS in opened.text
    assert "Envoyer la question" in opened.text
    assert "chaussures" not in (await planner.get(room)).text, "a scanner of mail follows links"
    assert (await visitor.post(link, follow_redirects=True)).text.count("Votre question est partie") >= 1
    assert (await visitor.post(link, follow_redirects=False)).status_code == 303, "pressed twice"
    await pass_on(pool)
    await pass_on(pool)
    assert await facts(pool, "question.passed_on") == 1

    shown = await planner.get(room)
    assert WORDS in shown.text
    assert EMAIL not in shown.text
    question_id = await pool.fetchval("SELECT id FROM campaigns.questions")
    answer = {"question": "Faut-il des chaussures ?", "answer": "Nous les prêtons.", "published": "oui", "edition": "1"}
    assert (await planner.post(f"{room}/{question_id}", answer)).status_code == 303
    assert await facts(pool, "question.answered") == 1
    public = (await visitor.get(offer_page)).text
    assert "Questions et réponses" in public
    assert "Faut-il des chaussures ?" in public
    assert "Nous les prêtons." in public
    assert "Ambre" not in public
    assert EMAIL not in public

    late = await planner.post(f"{room}/{question_id}", {**answer, "answer": "Non."})
    assert late.status_code == 409
    assert "Quelqu’un a répondu entre-temps" in late.text
    assert ">Non.</textarea>" in late.text, "what was written is not lost"
    private = {"question": "Faut-il des chaussures ?", "answer": "Nous les prêtons.", "edition": "2"}
    assert (await planner.post(f"{room}/{question_id}", private)).status_code == 303
    assert await facts(pool, "question.answered") == 1, "the same words are told once"
    assert "Questions et réponses" not in (await visitor.get(offer_page)).text

    assert (await planner.post(f"/en{room}/{question_id}/retrait")).status_code == 303
    assert (await planner.post(f"{room}/{question_id}/retrait")).status_code == 303
    assert await pool.fetchval("SELECT detail FROM campaigns.audit WHERE action = 'remove_question'") == (
        "Question supprimée."
    ), "the journal is in French, whatever page was written on"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.questions") == 0
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE email = $1", EMAIL) == 0
    assert await facts(pool, "pupil.erased") == 1, "what was written to them goes, too"
    assert (await visitor.get(link)).status_code == 404


@pytest.mark.parametrize(
    ("words", "email", "field"),
    [
        ("", EMAIL, "words"),
        ("\u202e \u200f\x07", EMAIL, "words"),
        ("a" * 1001, EMAIL, "words"),
        (WORDS, "", "email"),
        (WORDS, "ambre", "email"),
        (WORDS, "a@b.example\nBcc: c@d.example", "email"),
        (WORDS, "a" * 400 + "@b.example", "email"),
    ],
)
async def test_what_cannot_be_sent_is_said_beside_its_field(visitor, pool, week, words, email, field):
    answer = await ask(visitor, week, words, email)
    assert answer.status_code == 422
    assert read(answer).by_id(field)["aria-invalid"] == "true"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.questions") == 0


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "% ' \" \\ ; --", "👩‍🔧" * 50, "ligne\r\nligne", "\x00nul"]
)
async def test_whatever_is_asked_stays_text(visitor, pool, settings, week, sign_in, words):
    assert (await ask(visitor, week, words)).status_code == 202
    link = await link_of(pool, settings)
    await visitor.post(link)
    assert "<script>alert" not in (await visitor.get(link)).text
    planner = await sign_in(week.organisation_id)
    shown = await planner.get(f"/planification/{week.slug}/questions")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text


def test_marks_that_turn_the_direction_of_others_are_left_out():
    asked, faults = parse_question(words="oui\u202e non\u200f\x00", email=EMAIL)
    assert not faults
    assert asked is not None
    assert asked.words == "oui non"


async def test_nobody_fills_a_strangers_mailbox(pool, week):
    async def once(number: int) -> None:
        async with transaction(pool) as connection:
            asked = Asked(words=f"Question {number}", email=EMAIL)
            await ask_question(connection, offer_id=week.offer_id, asked=asked, now=NOW)

    await asyncio.gather(*(once(number) for number in range(8)))
    assert await facts(pool, "question.asked") == 3


async def test_planners_get_one_mail_an_hour_for_all_that_is_asked(visitor, pool, settings, week, sign_in):
    await sign_in(week.organisation_id)
    for number in range(3):
        await ask(visitor, week, f"Question {number}", f"visiteur{number}@mail.example")
        await visitor.post(await link_of(pool, settings))
        await pass_on(pool)
    assert await facts(pool, "question.passed_on") == 1
    await pass_on(pool, NOW + timedelta(hours=2))
    counts = await pool.fetch(
        "SELECT (body ->> 'count')::int AS n FROM contract.events WHERE tag = 'question.passed_on'"
    )
    assert sorted(row["n"] for row in counts) == [1, 2]


async def test_what_is_never_sent_is_gone_after_a_day_and_all_when_the_campaign_has_been_kept(
    visitor, pool, settings, week
):
    await ask(visitor, week)
    await ask(visitor, week, "Une autre", "autre@mail.example")
    link = await link_of(pool, settings)
    await visitor.post(link)
    asked_at = await pool.fetchval("SELECT max(asked_at) FROM campaigns.questions")
    async with transaction(pool) as connection:
        assert await erase_questions(connection, now=asked_at + timedelta(hours=25)) == 1
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE email LIKE '%@mail.example'") == 1
    long_after = NOW.replace(year=2028, month=12)
    async with transaction(pool) as connection:
        assert await erase_questions(connection, now=long_after) == 1
        assert await erase_questions(connection, now=long_after) == 0
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE email LIKE '%@mail.example'") == 0
    assert (await visitor.get(link)).status_code == 404


async def test_nobody_asks_about_what_is_over_or_not_public(visitor, pool, week):
    await pool.execute("UPDATE campaigns.offers SET status = 'draft' WHERE id = $1", week.offer_id)
    assert (await visitor.get(f"/offres/{week.slug}/question")).status_code == 404
    assert (await ask(visitor, week)).status_code == 404
    await pool.execute("UPDATE campaigns.offers SET status = 'cancelled' WHERE id = $1", week.offer_id)
    assert (await visitor.get(f"/offres/{week.slug}/question")).status_code == 409
    assert (await ask(visitor, week)).status_code == 409


async def test_another_organisation_finds_no_question(visitor, pool, settings, week, sign_in):
    await ask(visitor, week)
    await visitor.post(await link_of(pool, settings))
    question_id = await pool.fetchval("SELECT id FROM campaigns.questions")
    other = await an_organisation(pool, slug="autre", kind="agency", name="Une autre agence")
    stranger = await sign_in(other)
    answer = {"question": "Q ?", "answer": "R.", "edition": "1"}
    assert (await stranger.get(f"/planification/{week.slug}/questions")).status_code == 404
    assert (await stranger.post(f"/planification/{week.slug}/questions/{question_id}", answer)).status_code == 404
    assert (await stranger.post(f"/planification/{week.slug}/questions/{question_id}/retrait")).status_code == 404
    assert await pool.fetchval("SELECT answered_at FROM campaigns.questions") is None


async def test_machines_of_planners_answer_too(visitor, pool, settings, week, sign_in):
    await ask(visitor, week)
    await visitor.post(await link_of(pool, settings))
    planner = await sign_in(week.organisation_id)
    await planner.get("/compte")
    listed = (await planner.get(f"/api/v1/offers/{week.offer_id}/questions")).json()
    (question,) = listed["items"]
    assert question["state"] == "open"
    assert EMAIL not in str(listed)
    body = {"question": "Q ?", "answer": "R.", "published": True, "edition": 1}
    headers = {**planner.cookies, "X-CSRF-Token": planner.csrf, "Idempotency-Key": str(uuid4())}
    path = f"/api/v1/questions/{question['id']}"
    for _ in range(2):
        answered = await visitor.put(f"{path}/answer", json=body, headers=headers)
        assert answered.status_code == 200, answered.text
        assert answered.json()["state"] == "published"
    late = await visitor.put(f"{path}/answer", json=body, headers={**headers, "Idempotency-Key": str(uuid4())})
    assert late.status_code == 409
    assert (await visitor.delete(path, headers=headers)).status_code == 204
    assert (await visitor.delete(path, headers=headers)).status_code == 404
    assert UUID(question["id"])
    journal = await pool.fetch("SELECT action FROM campaigns.audit ORDER BY occurred_at, id")
    assert [row["action"] for row in journal] == ["answer_question", "remove_question"]
