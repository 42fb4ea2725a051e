"""Who has a seat confirmed waits no longer elsewhere at the same times, and is told where the seat is."""

from datetime import timedelta

import pytest

from services.campaigns.offers.promote_free_seats import promote_free_seats
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.withdraw_overlapping import find_overlapping, withdraw_overlapping
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import RegistrationWithdrawn, decode_event
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


async def register(pool, week, *numbers, now=NOW):
    async with transaction(pool) as connection:
        requests = [a_pupil(number) for number in numbers]
        return await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=now)


async def two_weeks(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, seats=1, slug="ici"), await a_week(connection, seats=1, slug="ailleurs")


async def overlapping(pool):
    async with pool.acquire() as connection:
        return await find_overlapping(connection)


async def withdraw(pool, week):
    async with transaction(pool) as connection:
        return await withdraw_overlapping(connection, offer_id=week.offer_id, now=NOW + timedelta(minutes=5))


async def test_a_place_in_the_queue_ends_once_a_seat_is_confirmed_elsewhere(pool):
    here, elsewhere = await two_weeks(pool)
    await register(pool, here, 1, 2, 3)
    assert await overlapping(pool) == []
    await register(pool, elsewhere, 2, now=NOW + timedelta(minutes=1))
    assert await overlapping(pool) == [here.offer_id]
    assert await withdraw(pool, here) == 1
    assert await withdraw(pool, here) == 0
    rows = await pool.fetch(
        "SELECT status FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", here.offer_id
    )
    assert [row["status"] for row in rows] == ["confirmed", "withdrawn", "waiting"]
    assert await pool.fetchval("SELECT waiting FROM campaigns.offers WHERE id = $1", here.offer_id) == 1
    body = await pool.fetchval("SELECT body FROM contract.events WHERE tag = 'registration.withdrawn'")
    fact = decode_event(body)
    assert isinstance(fact, RegistrationWithdrawn)
    assert (fact.had_seat, fact.why, fact.elsewhere) == (False, "elsewhere", "Semaine à Pont-Audemer")


async def test_a_seat_that_is_only_offered_elsewhere_ends_nothing(pool):
    here, elsewhere = await two_weeks(pool)
    await register(pool, here, 1, 2)
    first, _ = await register(pool, elsewhere, 3, 2)
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'held'") == 1
    assert await overlapping(pool) == []


async def test_who_joins_a_queue_with_a_seat_elsewhere_knows_it_and_stays(pool):
    here, elsewhere = await two_weeks(pool)
    await register(pool, elsewhere, 2)
    await register(pool, here, 1, 2, now=NOW + timedelta(minutes=1))
    assert await overlapping(pool) == []
    async with transaction(pool) as connection:
        assert await promote_free_seats(connection, offer_id=here.offer_id, now=NOW) == 0
