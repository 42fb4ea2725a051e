"""Who was offered a seat is reminded once, before the time is over."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.campaigns.offers.hold import remind_of_seat_at
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.remind_offered import find_offered_to_remind, remind_offered
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("offered", "deadline", "reminded"),
    [
        # a day to answer: eight hours before its end
        ((2027, 5, 31, 19), (2027, 6, 1, 19), (2027, 6, 1, 11)),
        # not at seven in the morning
        ((2027, 5, 31, 15), (2027, 6, 1, 15), (2027, 6, 1, 8)),
        # over a weekend
        ((2027, 6, 4, 10), (2027, 6, 7, 10), (2027, 6, 6, 10)),
        # two hours, late in the evening: there is no morning left
        ((2027, 6, 13, 21), (2027, 6, 13, 23), (2027, 6, 13, 22, 20)),
    ],
)
def test_a_third_of_the_time_is_left_and_it_is_not_night(offered, deadline, reminded):
    offered, deadline, reminded = (datetime(*moment, tzinfo=PARIS) for moment in (offered, deadline, reminded))
    assert remind_of_seat_at(offered, deadline) == reminded


async def test_who_was_offered_a_seat_is_reminded_once_and_not_too_late(pool, settings):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1)
        first, second = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1), a_pupil(2)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    row = await pool.fetchrow("SELECT deadline, seat_remind_at FROM campaigns.registrations WHERE id = $1", second.id)
    assert NOW < row["seat_remind_at"] < row["deadline"]
    async with transaction(pool) as connection:
        assert await find_offered_to_remind(connection, now=row["seat_remind_at"] - timedelta(seconds=1)) == []
        assert await find_offered_to_remind(connection, now=row["seat_remind_at"]) == [week.offer_id]
        assert await remind_offered(connection, offer_id=week.offer_id, now=row["seat_remind_at"]) == 1
        assert await find_offered_to_remind(connection, now=row["deadline"]) == []
        assert await remind_offered(connection, offer_id=week.offer_id, now=row["deadline"]) == 0
        # past the deadline the end is told, nothing else
        await connection.execute("UPDATE campaigns.registrations SET seat_remind_at = $1", NOW)
        assert await remind_offered(connection, offer_id=week.offer_id, now=row["deadline"]) == 0
    body = await pool.fetchval("SELECT body FROM contract.events WHERE tag = 'registration.seat_reminded'")
    assert str(second.id) in body
