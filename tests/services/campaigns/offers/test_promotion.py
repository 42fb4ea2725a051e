"""A seat that becomes free goes to the next in the queue, in the same transaction."""

from datetime import timedelta

import pytest

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.expire_holds import expire_holds, find_ended_holds
from services.campaigns.offers.offer import OfferAlreadyCancelled, SeatsTaken
from services.campaigns.offers.promote_free_seats import find_free_seats_with_a_queue, promote_free_seats
from services.campaigns.offers.read import read_registration
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import RegistrationEnded, SeatNoLongerHeld, UnknownRegistration
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Pool, transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, Week, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


async def filled(pool: Pool, seats: int, pupils: int, *, slug: str = "semaine", first: int = 0):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=seats, slug=slug)
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(first, first + pupils)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
    return week, outcomes


async def do(pool: Pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW, **given})


async def statuses(pool: Pool, week: Week) -> list[str]:
    rows = await pool.fetch(
        "SELECT status FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", week.offer_id
    )
    counts = await pool.fetchrow("SELECT seats, taken, waiting FROM campaigns.offers WHERE id = $1", week.offer_id)
    found = [row["status"] for row in rows]
    assert counts["taken"] == sum(status in ("held", "confirmed") for status in found) <= counts["seats"]
    assert counts["waiting"] == found.count("waiting")
    return found


async def last_tags(pool: Pool, count: int) -> list[str]:
    rows = await pool.fetch("SELECT tag FROM contract.events ORDER BY id DESC LIMIT $1", count)
    return [row["tag"] for row in reversed(rows)]


async def test_withdrawing_a_seat_holds_it_for_the_first_in_the_queue(pool):
    week, outcomes = await filled(pool, 2, 4)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    assert await statuses(pool, week) == ["withdrawn", "confirmed", "held", "waiting"]
    assert await last_tags(pool, 2) == ["registration.withdrawn", "registration.held"]


async def test_withdrawing_from_the_queue_promotes_nobody(pool):
    week, outcomes = await filled(pool, 1, 3)
    await do(pool, withdraw_registration, registration_id=outcomes[1].id)
    assert await statuses(pool, week) == ["confirmed", "withdrawn", "waiting"]


async def test_withdrawing_twice_is_harmless(pool):
    week, outcomes = await filled(pool, 1, 2)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    assert await statuses(pool, week) == ["withdrawn", "held"]
    assert await last_tags(pool, 2) == ["registration.withdrawn", "registration.held"]


async def test_a_held_seat_is_accepted_once(pool):
    week, outcomes = await filled(pool, 1, 2)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    await do(pool, accept_seat, registration_id=outcomes[1].id)
    await do(pool, accept_seat, registration_id=outcomes[1].id)
    assert await statuses(pool, week) == ["withdrawn", "confirmed"]
    assert await last_tags(pool, 2) == ["registration.held", "registration.confirmed"]


async def test_a_refused_seat_goes_on_to_the_next(pool):
    week, outcomes = await filled(pool, 1, 3)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    await do(pool, refuse_seat, registration_id=outcomes[1].id)
    await do(pool, refuse_seat, registration_id=outcomes[1].id)
    assert await statuses(pool, week) == ["withdrawn", "refused", "held"]


async def test_a_seat_whose_deadline_passed_cannot_be_accepted_and_goes_on(pool):
    week, outcomes = await filled(pool, 1, 3)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    later = NOW + timedelta(days=3)
    with pytest.raises(SeatNoLongerHeld):
        await do(pool, accept_seat, registration_id=outcomes[1].id, now=later)
    async with transaction(pool) as connection:
        assert await find_ended_holds(connection, now=NOW) == []
        assert await find_ended_holds(connection, now=later) == [week.offer_id]
    assert await do(pool, expire_holds, offer_id=week.offer_id, now=later) == 1
    assert await do(pool, expire_holds, offer_id=week.offer_id, now=later) == 0
    assert await statuses(pool, week) == ["withdrawn", "expired", "held"]
    with pytest.raises(SeatNoLongerHeld):
        await do(pool, accept_seat, registration_id=outcomes[1].id, now=later)
    with pytest.raises(RegistrationEnded):
        await do(pool, withdraw_registration, registration_id=outcomes[1].id, now=later)


async def test_nothing_held_means_nothing_to_accept_or_refuse(pool):
    _, outcomes = await filled(pool, 1, 2)
    for verb in (accept_seat, refuse_seat):
        with pytest.raises(SeatNoLongerHeld):
            await do(pool, verb, registration_id=outcomes[1].id)
        with pytest.raises(UnknownRegistration):
            await do(pool, verb, registration_id=new_id())


async def test_more_seats_promote_as_many(pool):
    week, _ = await filled(pool, 1, 4)
    await do(pool, change_seats, offer_id=week.offer_id, seats=3)
    assert await statuses(pool, week) == ["confirmed", "held", "held", "waiting"]


async def test_fewer_seats_than_are_taken_are_refused(pool):
    week, _ = await filled(pool, 3, 3)
    with pytest.raises(SeatsTaken):
        await do(pool, change_seats, offer_id=week.offer_id, seats=2)
    await do(pool, change_seats, offer_id=week.offer_id, seats=3)
    assert await statuses(pool, week) == ["confirmed"] * 3


async def test_nobody_is_offered_a_seat_when_no_session_is_left(pool):
    week, outcomes = await filled(pool, 1, 2)
    for session_id in week.sessions:
        await do(pool, cancel_session, session_id=session_id)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    await do(pool, change_seats, offer_id=week.offer_id, seats=3)
    assert await statuses(pool, week) == ["withdrawn", "waiting"]


async def test_who_is_elsewhere_is_passed_over_and_keeps_the_rank(pool):
    week, outcomes = await filled(pool, 1, 3)
    await filled(pool, 1, 1, slug="ailleurs", first=1)  # the first in the queue takes a seat elsewhere
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    assert await statuses(pool, week) == ["withdrawn", "waiting", "held"]


async def test_a_seat_stays_free_while_the_whole_queue_is_elsewhere_and_is_offered_when_somebody_comes_back(pool):
    week, outcomes = await filled(pool, 1, 2)
    _, elsewhere = await filled(pool, 1, 1, slug="ailleurs", first=1)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    assert await statuses(pool, week) == ["withdrawn", "waiting"]
    async with transaction(pool) as connection:
        newcomer = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(9)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
    assert newcomer[0].status == "held"
    await do(pool, withdraw_registration, registration_id=newcomer[0].id)
    await do(pool, withdraw_registration, registration_id=elsewhere[0].id)
    async with transaction(pool) as connection:
        assert await find_free_seats_with_a_queue(connection, now=NOW) == [week.offer_id]
        assert await find_free_seats_with_a_queue(connection, now=at(0, 9)) == []  # it has begun
    assert await do(pool, promote_free_seats, offer_id=week.offer_id) == 1
    assert await statuses(pool, week) == ["withdrawn", "held", "withdrawn"]


async def test_newcomers_behind_a_queue_that_is_elsewhere_are_told_one_thing_each_and_their_true_place(pool):
    week, outcomes = await filled(pool, 1, 2)
    await filled(pool, 1, 1, slug="ailleurs", first=1)
    await do(pool, withdraw_registration, registration_id=outcomes[0].id)
    async with transaction(pool) as connection:
        first, second = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(8), a_pupil(9)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
        assert (await read_registration(connection, second.id)).position == 2
    assert (first.status, first.position) == ("held", None)
    assert (second.status, second.position) == ("waiting", 2)
    assert sorted(await last_tags(pool, 2)) == ["registration.held", "registration.waiting"]
    told = await pool.fetch(
        "SELECT body->>'registration_id' AS whose, body->'position' AS position FROM contract.events "
        "ORDER BY id DESC LIMIT 2"
    )
    assert {(row["whose"], row["position"]) for row in told} == {(str(second.id), "2"), (str(first.id), None)}


async def test_a_cancelled_offer_ends_everything_and_tells_also_who_waits(pool):
    week, outcomes = await filled(pool, 1, 3)
    await do(pool, cancel_offer, offer_id=week.offer_id)
    await do(pool, cancel_offer, offer_id=week.offer_id)
    assert await statuses(pool, week) == ["cancelled"] * 3
    audience = await pool.fetchval(
        "SELECT jsonb_array_length(body->'audience') FROM contract.events WHERE tag = 'offer.cancelled'"
    )
    assert audience == 3
    assert await pool.fetchval("SELECT count(*) FROM campaigns.pupil_times") == 0
    with pytest.raises(OfferAlreadyCancelled):
        await do(pool, change_seats, offer_id=week.offer_id, seats=4)
    with pytest.raises(RegistrationEnded):
        await do(pool, withdraw_registration, registration_id=outcomes[0].id)
