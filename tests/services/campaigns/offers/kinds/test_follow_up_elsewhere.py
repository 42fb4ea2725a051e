"""A slot tells nobody where a pupil is: another offer’s session at that hour is in the way, and is not named."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.slot import InvalidSlots, SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_member, a_pupil, a_week, at

pytestmark = pytest.mark.anyio

LAST_EVENING = datetime(9999, 12, 31, 23, 15, tzinfo=UTC)


async def test_the_session_of_another_offer_is_named_neither_to_a_planner_nor_by_a_personal_link(
    visitor, sign_in, pool, settings
):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection)
        elsewhere = await a_week(connection, slug="ailleurs", days=1)
        seats = []
        for offer_id in (week.offer_id, elsewhere.offer_id):
            await connection.execute("DELETE FROM campaigns.pupil_times")
            seats += await register_pupils(connection, offer_id=offer_id, requests=[a_pupil(0)], signer=signer, now=NOW)
        await connection.execute(
            "UPDATE campaigns.sessions SET starts_at = $2, ends_at = $3, title = 'Chez le notaire' WHERE id = $1",
            elsewhere.sessions[0],
            at(2, 16),
            at(2, 17),
        )
        follower = await a_member(connection, week.organisation_id, email="suivi@federation.example")
        (slot,) = await add_slots(
            connection,
            offer_id=week.offer_id,
            person_id=follower.person_id,
            times=[SlotTime(starts_at=at(2, 16), ends_at=at(2, 16, 30))],
            now=NOW,
        )
    token = signer.token("registration", seats[0].id, seats[0].token_version)
    planner = await sign_in(week.organisation_id)
    said = [
        await visitor.get(f"/suivi/{token}"),
        await visitor.get(f"/api/v1/registrations/{token}/follow-up-slots"),
        await visitor.post(f"/suivi/{token}", data={"slot": str(slot)}),
        await planner.post(
            "/planification/semaine-pont-audemer/suivi/reservation",
            {"slot": str(slot), "registration_id": str(seats[0].id)},
        ),
    ]
    assert [answer.status_code for answer in said] == [200, 200, 409, 409]
    assert not any("notaire" in answer.text for answer in said)
    assert "Pendant « autre rendez-vous »" in read(said[0]).text
    assert all("Un autre rendez-vous a lieu à la même heure" in read(answer).text for answer in said[2:])


async def test_a_slot_in_a_year_that_no_clock_here_can_say_is_refused(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        follower = await a_member(connection, week.organisation_id, email="suivi@federation.example")
        with pytest.raises(InvalidSlots):
            await add_slots(
                connection,
                offer_id=week.offer_id,
                person_id=follower.person_id,
                times=[SlotTime(starts_at=LAST_EVENING, ends_at=LAST_EVENING + timedelta(minutes=30))],
                now=NOW,
            )
