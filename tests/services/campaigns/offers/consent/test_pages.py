"""The guardian's page: what it says, what its buttons do, and what it says to who comes too late or by no link."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.consent.consent import TEXT_VERSION
from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.consent.refuse_consent import refuse_consent
from services.campaigns.offers.consent.withdraw_consent import withdraw_consent
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.services.campaigns.offers.consent.conftest import SIGNER, a_child, answers, do, standing
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio


@pytest.fixture
async def now() -> datetime:
    """The pages' own time: holds are not over yet."""
    return datetime.now(UTC)


@pytest.fixture
async def child(register, now):
    registered, _ = await register(a_child(1), a_pupil(2), now=now)
    return registered


def address(registered) -> str:
    return f"/consentement/{SIGNER.token('consent', registered.id)}"


async def test_it_says_who_what_when_where_who_sees_which_data_and_how_long(visitor, child):
    answer = await visitor.get(address(child))
    page = read(answer)
    for said in (
        "Votre accord est demandé pour Camille Dupré b",
        "Camille Dupré b, 2nde 4, Lycée Jacques Prévert",
        "Dominique Dupré",
        "Semaine à Pont-Audemer",
        "Fédération des métiers",
        "9 h–12 h",
        "1 rue du Quai, 27500 Pont-Audemer",
        "Chantiers de la Risle",
        "Les entreprises d’accueil voient le nom, l’établissement et la classe. Personne d’autre.",
        "puis elles sont effacées.",
        "J’autorise cet élève",
    ):
        assert said in page.text, said
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    # nothing of the pupil's own: neither their link nor their calendar
    assert "/inscriptions/" not in answer.text
    assert "/personal/" not in answer.text


async def test_following_links_answers_nothing(visitor, pool, child):
    page = read(await visitor.get(address(child)))
    for link in [link for link in page.links() if link.startswith("/consentement/")]:
        assert (await visitor.get(link)).status_code == 200
    assert await standing(pool, child.id) == ("held", "consent")
    assert await answers(pool, child.id) == []


async def test_a_button_consents_and_the_page_then_offers_to_take_it_back(visitor, pool, child):
    path = address(child)
    answer = await visitor.post(path, data={"text_version": str(TEXT_VERSION)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await standing(pool, child.id) == ("confirmed", None)
    page = read(await visitor.get(path))
    assert "Vous avez donné votre accord : la place est confirmée" in page.text
    assert f"{path}/retrait" in page.links()
    again = await visitor.post(path, data={"text_version": str(TEXT_VERSION)}, follow_redirects=False)
    assert again.status_code == 303
    assert await answers(pool, child.id) == ["given"]
    question = read(await visitor.get(f"{path}/retrait"))
    assert "Retirer votre accord ?" in question.text
    await visitor.post(f"{path}/retrait")
    assert await standing(pool, child.id) == ("withdrawn", None)
    assert "Vous avez retiré votre accord" in read(await visitor.get(path)).text


async def test_refusing_is_asked_before_it_is_done(visitor, pool, child):
    path = address(child)
    question = read(await visitor.get(f"{path}/refus"))
    assert "Refuser cette inscription ?" in question.text
    assert await standing(pool, child.id) == ("held", "consent")
    answer = await visitor.post(f"{path}/refus", follow_redirects=False)
    assert answer.status_code == 303
    assert await standing(pool, child.id) == ("refused", None)
    assert "Vous avez refusé" in read(await visitor.get(path)).text


@pytest.mark.parametrize("version", ["", "0", "2", "1e3", "-1", "²", "x" * 9000])
async def test_no_other_words_are_consented_to(visitor, pool, child, version):
    answer = await visitor.post(address(child), data={"text_version": version})
    assert answer.status_code == 409
    assert "Le texte a changé" in answer.text
    assert await answers(pool, child.id) == []


ENDS = {
    "expired": "Le délai est passé",
    "withdrawn by the pupil": "Cette inscription a été retirée",
    "refused": "Vous avez refusé",
    "taken back": "Vous avez retiré votre accord",
    "cancelled": "Cette offre est annulée",
}


@pytest.mark.parametrize("how", ENDS)
async def test_after_an_end_the_page_says_how_and_the_button_changes_nothing(visitor, pool, week, child, now, how):
    match how:
        case "expired":
            await do(pool, expire_holds, offer_id=week.offer_id, now=child.deadline)
        case "withdrawn by the pupil":
            await do(pool, withdraw_registration, registration_id=child.id, now=now)
        case "refused":
            await do(pool, refuse_consent, registration_id=child.id, now=now)
        case "taken back":
            await do(pool, give_consent, registration_id=child.id, text_version=TEXT_VERSION, now=now)
            await do(pool, withdraw_consent, registration_id=child.id, now=now)
        case _:
            await do(pool, cancel_offer, offer_id=week.offer_id, now=now)
    before = await standing(pool, child.id), await answers(pool, child.id)
    page = await visitor.get(address(child))
    assert page.status_code == 200
    assert ENDS[how] in read(page).text
    assert "Donner mon accord" not in page.text
    answer = await visitor.post(address(child), data={"text_version": str(TEXT_VERSION)})
    assert answer.status_code == 409
    assert ENDS[how] in read(answer).text
    assert (await standing(pool, child.id), await answers(pool, child.id)) == before


async def test_past_the_deadline_the_page_says_so_before_the_clock_has_come_by(visitor, pool, child):
    await pool.execute(
        "UPDATE campaigns.registrations SET deadline = $2 WHERE id = $1", child.id, NOW - timedelta(days=1)
    )
    assert "Le délai est passé" in read(await visitor.get(address(child))).text
    answer = await visitor.post(address(child), data={"text_version": str(TEXT_VERSION)})
    assert answer.status_code == 409
    assert "il fallait répondre avant" in answer.text


async def test_a_cut_foreign_or_other_link_opens_nothing(visitor, pool, child, register, now):
    token = SIGNER.token("consent", child.id)
    (grown,) = await register(a_pupil(7), now=now)
    wrong = [
        token[:-1],
        token[:-4] + "AAAA",
        "x",
        SIGNER.token("registration", child.id),
        SIGNER.token("consent", grown.id),
        SIGNER.token("consent", new_id()),
        Signer(("un-autre-secret",)).token("consent", child.id),
    ]
    for one in wrong:
        for what in ("", "/refus", "/retrait"):
            got = await visitor.get(f"/consentement/{one}{what}")
            posted = await visitor.post(f"/consentement/{one}{what}", data={"text_version": str(TEXT_VERSION)})
            for answer in (got, posted):
                assert answer.status_code == 404, (one, what)
                assert "Ce lien n’est pas ou n’est plus valable." in answer.text
    assert await answers(pool, child.id) == []
    assert await standing(pool, child.id) == ("held", "consent")


async def test_the_link_of_the_guardian_does_not_open_the_pupils_page(visitor, child):
    token = SIGNER.token("consent", child.id)
    assert (await visitor.get(f"/inscriptions/{token}")).status_code == 404
    assert (await visitor.post(f"/api/v1/registrations/{token}/acceptance")).status_code == 404


async def test_the_pupils_page_says_what_is_awaited_and_asks_nothing_of_them(visitor, child):
    path = f"/inscriptions/{SIGNER.token('registration', child.id)}"
    page = await visitor.get(path)
    assert "il manque l’accord de votre responsable légal" in read(page).text
    assert f'action="{path}/acceptation"' not in page.text
    assert f"{path}/retrait" in page.text


async def test_it_is_said_in_english_below_en(visitor, child):
    page = read(await visitor.get(f"/en{address(child)}"))
    assert "Your consent is asked for Camille Dupré b" in page.text
    assert "Give my consent" in page.text
    assert "I allow this pupil to take part" in page.text


async def test_machines_learn_what_a_seat_waits_for(visitor, week):
    body = {
        "pupil": {"first_name": "Ali", "last_name": "Jeune", "email": "ali@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
        "under_15": True,
    }
    url = f"/api/v1/offers/{week.offer_id}/registrations"
    refused = await visitor.post(url, json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, "guardian_name")
    body["guardian"] = {"name": "Sam Jeune", "email": "sam@famille.example"}
    answer = await visitor.post(url, json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["held_for"]) == ("held", "consent")
    assert datetime.fromisoformat(told["deadline"]) > datetime.now(UTC)
    again = await visitor.post(url, json=body, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (200, told)
    state = (await visitor.get(f"/api/v1/registrations/{told['token']}")).json()
    assert (state["status"], state["held_for"], state["deadline"]) == ("held", "consent", told["deadline"])
    accepted = await visitor.post(f"/api/v1/registrations/{told['token']}/acceptance")
    assert (accepted.status_code, accepted.json()["held_for"]) == (200, "consent")
