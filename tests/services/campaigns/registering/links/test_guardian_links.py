"""A guardian's own links: sent again to who awaits their consent, renewed by the guardian, apart from the pupil's."""

import asyncio
from datetime import timedelta

import pytest

from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.consent.send_consent_link import send_consent_link
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.registering.links.ask_fresh_link import ask_fresh_link
from services.campaigns.registering.links.request_links import request_links
from services.campaigns.registering.links.send_links import send_links
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio

GUARDIAN = "dominique@famille.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
async def child_id(pool, signer, small_week):
    """A pupil under 15, whose seat is held until the guardian consents."""
    child = a_pupil(1, under_15=True, guardian_name="Dominique Dupré", guardian_email=GUARDIAN)
    async with transaction(pool) as connection:
        (outcome,) = await register_pupils(
            connection, offer_id=small_week.offer_id, requests=[child], signer=signer, now=NOW
        )
    return outcome.id


async def told(pool, tag="links.requested"):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = $1 ORDER BY id", tag)
    return [decode_event(row["body"]) for row in rows]


def paths(signer, registration_id, version=1):
    page, consent = (signer.token(scope, registration_id, version) for scope in ("guardian", "consent"))
    return f"/inscriptions/{page}", f"/consentement/{consent}"


@pytest.mark.parametrize("behind", [0, 1])
async def test_renewed_by_the_guardian_both_links_end_and_the_pupil_s_stays(visitor, pool, signer, child_id, behind):
    old = paths(signer, child_id)
    asked = read(await visitor.get(f"{old[behind]}/lien")).text
    assert "Vos liens de responsable légal" in asked
    assert "d…@famille.example" in asked
    answers = await asyncio.gather(*(visitor.post(f"{old[behind]}/lien") for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {200, 404}
    for path in old:
        assert (await visitor.get(path)).status_code == 404
        assert (await visitor.post(f"{path}/lien")).status_code == 404
    new = paths(signer, child_id, 2)
    assert [(await visitor.get(path)).status_code for path in new] == [200, 200]
    pupil = f"/inscriptions/{signer.token('registration', child_id)}"
    assert (await visitor.get(pupil)).status_code == 200
    (notice,) = await told(pool)
    guardian_id = await pool.fetchval("SELECT guardian_id FROM campaigns.registrations")
    assert notice.recipients == (guardian_id,)
    assert [(link.token_version, link.to_guardian) for link in notice.links] == [(2, True)]
    assert notice.consents == notice.links
    versions = await pool.fetchrow("SELECT version, guardian_version FROM contract.link_versions")
    assert tuple(versions) == (1, 2)
    # and the pupil renewing theirs leaves the guardian's be
    await visitor.post(f"{pupil}/lien")
    assert (await visitor.get(pupil)).status_code == 404
    assert [(await visitor.get(path)).status_code for path in new] == [200, 200]
    versions = await pool.fetchrow("SELECT version, guardian_version FROM contract.link_versions")
    assert tuple(versions) == (2, 2)


async def test_the_pupil_has_the_request_sent_again_once_an_hour_and_is_told_the_same_each_time(
    visitor, pool, signer, child_id, time_machine
):
    time_machine.move_to(NOW + timedelta(minutes=1))
    path = f"/inscriptions/{signer.token('registration', child_id)}"
    assert "Renvoyer la demande à mon responsable légal" in read(await visitor.get(path)).text
    answers = [await visitor.post(f"{path}/accord") for _ in range(2)]
    (notice,) = await told(pool)
    assert (notice.links, [link.registration_id for link in notice.consents]) == ((), [child_id])
    time_machine.move_to(NOW + timedelta(minutes=62))
    answers.append(await visitor.post(f"{path}/accord"))
    assert len(await told(pool)) == 2
    async with transaction(pool) as connection:
        await give_consent(connection, registration_id=child_id, text_version=1, now=NOW + 2 * HOUR)
    time_machine.move_to(NOW + 4 * HOUR)
    assert "Renvoyer la demande" not in read(await visitor.get(path)).text
    answers.append(await visitor.post(f"{path}/accord"))
    assert len(await told(pool)) == 2
    assert {answer.status_code for answer in answers} == {202}
    assert len({read(answer).text for answer in answers}) == 1
    # the guardian reads the same page, without the button
    guardian = paths(signer, child_id)[0]
    assert (await visitor.post(f"{guardian}/accord")).status_code == 404


async def test_a_planner_has_it_sent_again_and_the_journal_says_so(pool, planner, small_week, child_id, time_machine):
    time_machine.move_to(NOW + timedelta(minutes=1))
    places = f"/planification/{small_week.slug}/places"
    assert "Renvoyer la demande au responsable" in read(await planner.get(places)).text
    for _ in range(2):
        assert (await planner.post(f"{places}/{child_id}/accord", {})).status_code == 303
    assert len(await told(pool)) == 1
    assert [row["action"] for row in await pool.fetch("SELECT action FROM campaigns.audit")] == ["send_consent_link"]


async def test_a_guardian_who_asks_for_the_links_of_an_address_gets_that_to_consent_too(pool, signer, child_id):
    for email in (GUARDIAN, "camille.b@eleve.example"):
        async with transaction(pool) as connection:
            await request_links(connection, email=email, signer=signer, now=NOW)
            await send_links(connection, now=NOW)
    guardian, pupil = await told(pool)
    assert [(link.registration_id, link.to_guardian) for link in guardian.links] == [(child_id, True)]
    assert guardian.consents == guardian.links
    assert [link.to_guardian for link in pupil.links] == [False]
    assert pupil.consents == ()


async def test_nothing_is_sent_for_what_has_ended_or_asks_for_none(pool, signer, small_week, child_id):
    async with transaction(pool) as connection:
        (older,) = await register_pupils(
            connection, offer_id=small_week.offer_id, requests=[a_pupil(2)], signer=signer, now=NOW
        )
        assert not await send_consent_link(connection, registration_id=older.id, now=NOW)
        assert not await send_consent_link(connection, registration_id=child_id, now=NOW + 100 * HOUR)
        assert await send_consent_link(connection, registration_id=child_id, now=NOW)


async def test_pupil_and_guardian_ask_for_fresh_links_without_waiting_for_each_other(pool, child_id):
    for _ in range(2):
        for to_guardian in (False, True):
            async with transaction(pool) as connection:
                await ask_fresh_link(connection, registration_id=child_id, to_guardian=to_guardian, now=NOW)
    notices = await told(pool, "fresh_link.requested")
    assert [notice.link.to_guardian for notice in notices] == [False, True]
