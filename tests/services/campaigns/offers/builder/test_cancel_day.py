"""Cancelling a day: every session of it, once, in one mail; asked twice, with how many people are concerned."""

from datetime import timedelta

import pytest

from services.campaigns.offers.builder.cancel_day import NothingToCancel, cancel_day
from services.campaigns.offers.builder.edit_day import UnknownDay
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import SessionCancelled, decode_event
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import MONDAY, NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

DAY = "/planification/publiee/semaine/jours/2027-06-15"
CONFIRM = "/planification/publiee/consequences"


@pytest.fixture
async def week(pool, settings):
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="publiee")
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(3)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        return week


async def facts(pool) -> list[SessionCancelled]:
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'session.cancelled' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


async def test_every_session_of_the_day_is_cancelled_with_one_revision_and_once(pool, week):
    for expected in (2, 0):
        async with transaction(pool) as connection:
            day = MONDAY + timedelta(days=1)
            assert await cancel_day(connection, offer_id=week.offer_id, date=day, note="Grève.", now=NOW) == expected
    found = await facts(pool)
    assert [fact.session_id for fact in found] == list(week.sessions[2:4])
    assert len({fact.revision for fact in found}) == 1
    assert {(len(fact.audience), fact.note) for fact in found} == {(3, "Grève.")}
    planned = await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE status = 'planned'")
    assert planned == 8


async def test_a_day_that_is_not_there_or_of_a_draft_is_refused(pool, week):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
    for offer_id, days, refusal in ((week.offer_id, 30, UnknownDay), (draft.offer_id, 0, NothingToCancel)):
        with pytest.raises(refusal):
            async with transaction(pool) as connection:
                await cancel_day(connection, offer_id=offer_id, date=MONDAY + timedelta(days=days), now=NOW)
    assert await facts(pool) == []


async def test_the_planner_is_asked_twice_and_told_how_many_people_are_concerned(pool, week, sign_in):
    planner = await sign_in(week.organisation_id)
    assert "Annuler la journée…" in read(await planner.get(DAY)).text
    sent = {"act": "cancel_day", "date": "2027-06-15"}
    panel = read(await planner.post(CONFIRM, sent))
    assert "Annuler la journée" in panel.text
    assert "3 élèves" in panel.text
    assert await facts(pool) == []
    asked = await planner.post(CONFIRM, {**sent, "confirmed": "oui"})
    assert asked.status_code == 200
    assert await facts(pool) == []
    done = await planner.post(CONFIRM, {**sent, "confirmed": "oui", "sure": "oui", "note": "Grève."})
    assert done.status_code == 303
    assert [fact.note for fact in await facts(pool)] == ["Grève.", "Grève."]
    trail = await pool.fetch("SELECT action, detail FROM campaigns.audit")
    assert [tuple(row) for row in trail] == [("cancel_day", "a annulé la journée du mardi 15 juin (2 séances).")]


async def test_machines_cancel_a_day_and_strangers_find_none(pool, week, visitor, settings):
    path = f"/api/v1/offers/{week.offer_id}/days/2027-06-15/cancellation"
    for organisation_id, status in ((week.hosts[0], 404), (week.organisation_id, 200)):
        token = Signer(settings.secret_keys).token("planner", organisation_id)
        answer = await visitor.post(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
    assert len(await facts(pool)) == 2
