"""The personal page: where one stands, what comes next, and the three answers."""

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
def enrol(pool, settings, small_week):
    """Registers pupils on the week of two seats; gives the paths of their pages."""

    async def enrol(count: int) -> list[str]:
        signer = Signer(settings.secret_keys)
        async with transaction(pool) as connection:
            outcomes = await register_pupils(
                connection,
                offer_id=small_week.offer_id,
                requests=[a_pupil(number) for number in range(count)],
                signer=signer,
                now=NOW,
            )
        return [f"/inscriptions/{signer.token('registration', o.id, o.token_version)}" for o in outcomes]

    return enrol


async def text_of(visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return read(answer).text


async def test_a_confirmed_place_says_where_to_be_first(visitor, enrol):
    (path,) = await enrol(1)
    answer = await visitor.get(path)
    page = read(answer)
    assert "Votre place est confirmée" in page.text
    assert "Premier rendez-vous Lundi 14 juin, 9 h" in page.text
    assert {f"{path}/invitation.ics", f"{path}/retrait"} <= set(page.links())
    assert "/agenda/semaine-pont-audemer" in page.links()
    # whoever registers a pupil sees this page: the feed of all the pupil's seats goes by mail alone
    assert "/personal/" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_queue_is_honest(visitor, enrol):
    paths = await enrol(5)
    assert "Vous êtes en tête de la liste d’attente" in await text_of(visitor, paths[2])
    last = await text_of(visitor, paths[4])
    assert "Vous êtes 3e sur 3 sur la liste d’attente" in last
    assert "Aucune place n’est proposée en ce moment" in last
    await visitor.post(f"{paths[0]}/retrait")
    last = await text_of(visitor, paths[4])
    assert "Vous êtes 2e sur 2 sur la liste d’attente" in last
    assert "Une place est proposée jusqu’au " in last


async def test_a_freed_seat_is_held_then_accepted(visitor, enrol):
    paths = await enrol(3)
    answer = await visitor.post(f"{paths[0]}/retrait", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, paths[0])
    assert "Vous avez renoncé" in await text_of(visitor, paths[0])

    page = read(await visitor.get(paths[2]))
    assert "Une place vous est proposée" in page.text
    assert "Elle est retenue pour vous jusqu’au " in page.text
    assert f"{paths[2]}/acceptation" in {form["action"] for form in page.all("form")}

    answer = await visitor.post(f"{paths[2]}/acceptation", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, paths[2])
    assert "Votre place est confirmée" in await text_of(visitor, paths[2])
    again = await visitor.post(f"{paths[2]}/acceptation", follow_redirects=False)
    assert again.status_code == 303


async def test_a_held_seat_can_be_refused(visitor, enrol):
    paths = await enrol(3)
    await visitor.post(f"{paths[0]}/retrait")
    await visitor.post(f"{paths[2]}/refus")
    assert "Vous avez refusé la place proposée" in await text_of(visitor, paths[2])
    answer = await visitor.post(f"{paths[2]}/acceptation")
    assert answer.status_code == 409
    assert "il n’y a rien à accepter" in read(answer).text


@pytest.mark.parametrize("question", ["retrait", "acceptation", "refus"])
async def test_following_a_link_changes_nothing(visitor, enrol, pool, question):
    paths = await enrol(3)
    await visitor.post(f"{paths[0]}/retrait")
    before = await pool.fetch("SELECT id, status FROM campaigns.registrations ORDER BY id")
    page = read(await visitor.get(f"{paths[2]}/{question}"))
    # who is led here to accept may as well decline
    answers = {"acceptation": ["acceptation", "refus"]}.get(question, [question])
    assert [form["action"] for form in page.all("form")] == [f"{paths[2]}/{answer}" for answer in answers]
    assert len(page.all("button")) == len(answers)
    assert await pool.fetch("SELECT id, status FROM campaigns.registrations ORDER BY id") == before


async def test_a_question_that_makes_no_sense_leads_back(visitor, enrol):
    (path,) = await enrol(1)
    answer = await visitor.get(f"{path}/acceptation", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)


async def test_a_cancelled_offer_is_said_on_the_personal_page(visitor, enrol, pool, small_week):
    (path,) = await enrol(1)
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=small_week.offer_id, now=NOW)
    assert "Cette offre est annulée" in await text_of(visitor, path)


async def test_the_invitation_can_be_downloaded_by_who_has_a_seat(visitor, enrol):
    paths = await enrol(3)
    answer = await visitor.get(f"{paths[0]}/invitation.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "METHOD:PUBLISH" in answer.text
    assert "ATTENDEE" not in answer.text
    assert (await visitor.get(f"{paths[2]}/invitation.ics")).status_code == 409


@pytest.mark.parametrize("rest", ["", "/retrait", "/acceptation", "/refus", "/invitation.ics"])
async def test_a_link_that_is_cut_forged_foreign_or_revoked_is_a_page_that_does_not_exist(
    visitor, enrol, settings, pool, small_week, rest
):
    (path,) = await enrol(1)
    signer = Signer(settings.secret_keys)
    foreign = [
        path[:-1],
        path[:-2] + ("AA" if path[-2:] != "AA" else "BB"),
        f"/inscriptions/{signer.token('feed', small_week.offer_id)}",
        f"/inscriptions/{signer.token('registration', small_week.offer_id)}",
        "/inscriptions/%00",
        f"/inscriptions/{'x' * 3000}",
        "/inscriptions/é",
    ]
    for other in foreign:
        answer = await visitor.get(other + rest)
        assert answer.status_code == 404, other
        read(answer)
    await pool.execute("UPDATE campaigns.registrations SET token_version = 2")
    assert (await visitor.get(path + rest)).status_code == 404
    if rest in ("/retrait", "/acceptation", "/refus"):
        assert (await visitor.post(path + rest)).status_code == 404


async def test_a_pupil_sees_the_sessions_of_the_own_group(visitor, pool, settings):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="groupes", groups=("A", "B"))
        (outcome,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil()], signer=signer, now=NOW
        )
    text = await text_of(visitor, f"/inscriptions/{signer.token('registration', outcome.id)}")
    assert "Groupe A" in text
    assert "Visite 1.1" in text
    assert "Visite 1.2" not in text
