"""Registering: seats, queue, keys, and pupils who are already in."""

from datetime import timedelta

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.offer import OfferClosed, UnknownOffer
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import AlreadyRegistered, KeyReused, PupilElsewhere, Registered
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Pool, transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, Week, a_pupil, a_week

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


async def register(pool: Pool, week: Week, *requests, now=NOW):
    async with transaction(pool) as connection:
        return await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=now)


async def a_week_in(pool: Pool, **given) -> Week:
    async with transaction(pool) as connection:
        return await a_week(connection, **given)


async def tags(pool: Pool) -> list[str]:
    return [row["tag"] for row in await pool.fetch("SELECT tag FROM contract.events ORDER BY id")]


async def test_the_first_fifteen_get_a_seat_and_the_next_wait_in_order(pool):
    week = await a_week_in(pool)
    outcomes = await register(pool, week, *[a_pupil(number) for number in range(20)])
    assert [outcome.status for outcome in outcomes] == ["confirmed"] * 15 + ["waiting"] * 5
    assert [outcome.position for outcome in outcomes] == [None] * 15 + [1, 2, 3, 4, 5]
    offer = await pool.fetchrow("SELECT taken, waiting, revision FROM campaigns.offers")
    assert (offer["taken"], offer["waiting"], offer["revision"]) == (15, 5, 2)
    assert (await tags(pool))[1:] == ["registration.confirmed"] * 15 + ["registration.waiting"] * 5


async def test_the_same_key_and_body_again_gives_the_same_answer_and_writes_nothing(pool):
    week = await a_week_in(pool)
    (first,) = await register(pool, week, a_pupil(1, key="k"))
    before = await tags(pool)
    (again,) = await register(pool, week, a_pupil(1, key="k"))
    assert again == Registered(id=first.id, status="confirmed", position=None, token_version=1, repeated=True)
    assert await tags(pool) == before


async def test_the_same_key_with_another_body_is_refused(pool):
    week = await a_week_in(pool)
    await register(pool, week, a_pupil(1, key="k"))
    (outcome,) = await register(pool, week, a_pupil(2, key="k"))
    assert isinstance(outcome, KeyReused)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.pupils") == 1


async def test_twins_in_one_batch_get_one_registration(pool):
    week = await a_week_in(pool)
    first, twin, other = await register(pool, week, a_pupil(1, key="k"), a_pupil(1, key="k"), a_pupil(2, key="k"))
    assert twin.id == first.id
    assert (first.repeated, twin.repeated) == (False, True)
    assert isinstance(other, KeyReused)


async def test_the_same_pupil_under_another_key_gets_no_second_seat_but_the_link_again_once_an_hour(pool):
    week = await a_week_in(pool)
    await register(pool, week, a_pupil(1, key="k"))
    for minutes, links in ((0, 1), (59, 1), (61, 2)):
        (outcome,) = await register(pool, week, a_pupil(1), now=NOW + timedelta(minutes=minutes))
        assert isinstance(outcome, AlreadyRegistered)
        assert (await tags(pool)).count("registration.link_requested") == links
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 1


@pytest.mark.parametrize("change", [{"first_name": "CAMILLE"}, {"last_name": "dupre b"}, {"class_name": "2nde 5"}])
async def test_the_same_pupil_is_recognised_however_the_name_is_written(pool, change):
    week = await a_week_in(pool)
    await register(pool, week, a_pupil(1))
    (outcome,) = await register(pool, week, a_pupil(1, **change))
    assert isinstance(outcome, AlreadyRegistered)


async def test_who_comes_back_after_withdrawing_gets_a_new_registration(pool):
    week = await a_week_in(pool)
    (first,) = await register(pool, week, a_pupil(1))
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    (second,) = await register(pool, week, a_pupil(1))
    assert second.status == "confirmed"
    assert second.id != first.id


async def test_a_newcomer_never_overtakes_the_queue_while_a_freed_seat_is_offered(pool):
    week = await a_week_in(pool, seats=1)
    (seated, _) = await register(pool, week, a_pupil(1), a_pupil(2))
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=seated.id, now=NOW)
    (newcomer,) = await register(pool, week, a_pupil(3))
    assert (newcomer.status, newcomer.position) == ("waiting", 1)


async def test_a_pupil_with_a_seat_elsewhere_at_these_times_is_refused_alone(pool):
    here = await a_week_in(pool)
    there = await a_week_in(pool, slug="ailleurs", seats=2)
    await register(pool, here, a_pupil(1))
    outcomes = await register(pool, there, a_pupil(1), a_pupil(2), a_pupil(3))
    assert isinstance(outcomes[0], PupilElsewhere)
    assert [outcome.status for outcome in outcomes[1:]] == ["confirmed", "confirmed"]


async def test_a_closed_offer_refuses_newcomers_and_still_repeats_its_earlier_answers(pool):
    week = await a_week_in(pool)
    (first,) = await register(pool, week, a_pupil(1, key="k"))
    after = NOW + timedelta(days=300)
    repeated, refused = await register(pool, week, a_pupil(1, key="k"), a_pupil(2), now=after)
    assert repeated.id == first.id
    assert isinstance(refused, OfferClosed)


async def test_an_unknown_offer_is_refused(pool):
    week = await a_week_in(pool, published=False)
    (outcome,) = await register(pool, week, a_pupil(1))
    assert isinstance(outcome, UnknownOffer)
    with pytest.raises(UnknownOffer):
        async with transaction(pool) as connection:
            await register_pupils(connection, offer_id=new_id(), requests=[a_pupil(1)], signer=SIGNER, now=NOW)


async def test_an_offer_whose_sessions_are_all_cancelled_cannot_be_joined(pool):
    week = await a_week_in(pool, days=1)
    for session_id in week.sessions:
        async with transaction(pool) as connection:
            await cancel_session(connection, session_id=session_id, now=NOW)
    (outcome,) = await register(pool, week, a_pupil(1))
    assert isinstance(outcome, OfferClosed)


async def test_groups_fill_evenly(pool):
    await a_week_in(pool, slug="autre")
    week = await a_week_in(pool, groups=("A", "B", "C"))
    await register(pool, week, *[a_pupil(number) for number in range(4)])
    await register(pool, week, *[a_pupil(number) for number in range(4, 15)])
    rows = await pool.fetch(
        "SELECT count(*) AS pupils FROM campaigns.registrations WHERE status = 'confirmed' GROUP BY group_id"
    )
    assert [row["pupils"] for row in rows] == [5, 5, 5]


async def test_a_guardian_named_with_a_later_registration_is_told_of_that_one(pool):
    first, second = await a_week_in(pool), await a_week_in(pool, slug="une-autre", seats=0)
    await register(pool, first, a_pupil(1))
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    (outcome,) = await register(pool, second, a_pupil(1, **guardian))
    told = await pool.fetch(
        """
        SELECT e.offer_id, p.email FROM contract.events e
        LEFT JOIN contract.people p ON p.id = (e.body->>'guardian_id')::uuid
        WHERE e.tag LIKE 'registration.%' ORDER BY e.id
        """
    )
    assert [tuple(row) for row in told] == [(first.offer_id, None), (second.offer_id, "dominique@famille.example")]
    # and of all that follows
    async with transaction(pool) as connection:
        (concerned,) = await audience_of(connection, second.offer_id, waiting=True)
        await withdraw_registration(connection, registration_id=outcome.id, now=NOW)
    body = await pool.fetchval("SELECT body->>'guardian_id' FROM contract.events WHERE tag = 'registration.withdrawn'")
    assert body == str(concerned.guardian_id) != "None"


async def test_a_guardian_named_again_is_the_same_person_and_one_of_a_refused_request_is_not_kept(pool):
    first, second = await a_week_in(pool), await a_week_in(pool, slug="une-autre", seats=0)
    elsewhere = await a_week_in(pool, slug="ailleurs")
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    await register(pool, first, a_pupil(1, **guardian))
    await register(pool, second, a_pupil(1, guardian_name="D. Dupré", guardian_email="Dominique@famille.example"))
    (refused,) = await register(pool, elsewhere, a_pupil(1, guardian_name="Autre", guardian_email="a@famille.example"))
    assert isinstance(refused, PupilElsewhere)
    assert await pool.fetchval("SELECT count(*) FROM contract.people") == 2
    assert await pool.fetchval("SELECT count(DISTINCT guardian_id) FROM campaigns.registrations") == 1
