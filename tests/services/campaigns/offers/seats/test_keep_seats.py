"""Seats kept for a school or for pupils without a host, until a date, then everybody's."""

import asyncio
import random
from datetime import timedelta

import pytest
from asyncpg import Connection

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.promote_free_seats import promote_free_seats
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered
from services.campaigns.offers.seats.keep_seats import keep_seats
from services.campaigns.offers.seats.quota import QuotaRefused, UnknownQuota
from services.campaigns.offers.seats.release_quotas import find_ended_quotas, release_quotas
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio

SCHOOL = "0271585B"
UNTIL = NOW + timedelta(days=30)
SIGNER = Signer(("un-secret-pour-les-tests",))


async def a_week_of(pool, seats, **given):
    async with transaction(pool) as connection:
        return await a_week(connection, seats=seats, **given)


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW, **given})


async def keep(pool, week, seats, school_uai=SCHOOL, until=UNTIL, **given):
    return await do(pool, keep_seats, offer_id=week.offer_id, seats=seats, school_uai=school_uai, until=until, **given)


async def register(pool, week, *requests, now=NOW):
    outcomes = await do(pool, register_pupils, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=now)
    return [outcome.status if isinstance(outcome, Registered) else outcome.reason for outcome in outcomes]


def a_schoolmate(number):
    return a_pupil(number, school_uai=SCHOOL)


async def counted(pool, week):
    return await pool.fetchrow(
        """
        SELECT o.seats, o.taken, o.waiting, o.kept,
               (SELECT count(*) FROM campaigns.registrations r
                WHERE r.offer_id = o.id AND r.status IN ('held', 'confirmed')) AS seated
        FROM campaigns.offers o WHERE o.id = $1
        """,
        week.offer_id,
    )


async def test_strangers_wait_while_the_last_seats_are_kept(pool):
    week = await a_week_of(pool, 4)
    await keep(pool, week, 2)
    strangers = await register(pool, week, *(a_pupil(number) for number in range(4)))
    assert strangers == ["confirmed", "confirmed", "waiting", "waiting"]
    assert (await counted(pool, week))["kept"] == 2


async def test_who_a_seat_is_kept_for_takes_it_past_the_queue(pool):
    week = await a_week_of(pool, 3)
    await keep(pool, week, 1)
    assert await register(pool, week, *(a_pupil(number) for number in range(4))) == ["confirmed"] * 2 + ["waiting"] * 2
    assert await register(pool, week, a_schoolmate(11), a_schoolmate(12)) == ["confirmed", "waiting"]
    assert (await counted(pool, week))["kept"] == 0


async def test_a_pupil_who_writes_the_school_s_name_is_the_school_s(pool):
    week = await a_week_of(pool, 1)
    await pool.execute(
        "INSERT INTO campaigns.organisations (id, slug, kind, name, uai) VALUES ($1, 'lycee', 'school', $2, $3)",
        new_id(),
        "Lycée des Trois-Ponts",
        SCHOOL,
    )
    await keep(pool, week, 1)
    assert await register(pool, week, a_pupil(1, school_name="Lycée Corneille")) == ["waiting"]
    assert await register(pool, week, a_pupil(2, school_name="lycee des trois ponts")) == ["confirmed"]


async def test_a_kept_seat_that_is_given_back_is_kept_again(pool):
    week = await a_week_of(pool, 2)
    await keep(pool, week, 1)
    await register(pool, week, a_schoolmate(1), a_pupil(2), a_pupil(3))
    first = await pool.fetchval("SELECT id FROM campaigns.registrations ORDER BY rank LIMIT 1")
    await do(pool, withdraw_registration, registration_id=first)
    count = await counted(pool, week)
    assert (count["taken"], count["waiting"], count["kept"]) == (1, 1, 1)
    await register(pool, week, a_schoolmate(4))
    assert (await counted(pool, week))["taken"] == 2


async def test_a_seat_given_back_goes_to_the_first_it_is_not_kept_from(pool):
    week = await a_week_of(pool, 2)
    await keep(pool, week, 1)
    await register(pool, week, a_schoolmate(1), a_pupil(2), a_pupil(3), a_schoolmate(4))
    stranger = await pool.fetchval("SELECT id FROM campaigns.registrations ORDER BY rank OFFSET 1 LIMIT 1")
    await do(pool, withdraw_registration, registration_id=stranger)
    rows = await pool.fetch("SELECT status FROM campaigns.registrations ORDER BY rank")
    assert [row["status"] for row in rows] == ["confirmed", "withdrawn", "held", "waiting"]


async def test_on_their_date_the_seats_go_to_the_queue(pool):
    week = await a_week_of(pool, 3)
    await keep(pool, week, 2)
    await register(pool, week, *(a_pupil(number) for number in range(5)))
    async with pool.acquire() as connection:
        assert await find_ended_quotas(connection, now=UNTIL - timedelta(seconds=1)) == []
        assert await find_ended_quotas(connection, now=UNTIL) == [week.offer_id]
    assert await do(pool, release_quotas, offer_id=week.offer_id, now=UNTIL) == 2
    assert await do(pool, release_quotas, offer_id=week.offer_id, now=UNTIL) == 0
    count = await counted(pool, week)
    assert (count["taken"], count["waiting"], count["kept"]) == (3, 2, None)


async def test_a_planner_releases_one_quota_before_its_date_once(pool):
    week = await a_week_of(pool, 3)
    quota, _ = await keep(pool, week, 1), await keep(pool, week, 1, school_uai=None)
    await register(pool, week, a_pupil(1), a_pupil(2), a_pupil(3))
    assert await do(pool, release_quotas, offer_id=week.offer_id, quota_id=quota) == 1
    with pytest.raises(UnknownQuota):
        await do(pool, release_quotas, offer_id=week.offer_id, quota_id=quota)
    assert (await counted(pool, week))["kept"] == 1


async def test_pupils_without_a_host_find_the_seats_that_are_kept_for_them(pool):
    week = await a_week_of(pool, 1)
    await keep(pool, week, 1, school_uai=None)
    assert await register(pool, week, a_pupil(1), a_pupil(2, without_host=True)) == ["waiting", "confirmed"]


async def test_no_more_seats_are_kept_than_are_free(pool):
    week = await a_week_of(pool, 3)
    await register(pool, week, a_pupil(1), a_schoolmate(2))
    with pytest.raises(QuotaRefused, match="1 place peut encore"):
        await keep(pool, week, 3)
    await keep(pool, week, 2)  # the one who is in counts
    with pytest.raises(QuotaRefused, match="aucune place"):
        await keep(pool, week, 1, school_uai=None)


async def test_a_quota_ends_before_the_offer_begins(pool):
    week = await a_week_of(pool, 3)
    for until in (NOW, at(0, 10)):
        with pytest.raises(QuotaRefused):
            await keep(pool, week, 1, until=until)


async def test_more_seats_promote_the_queue_and_leave_the_kept_ones(pool):
    week = await a_week_of(pool, 1)
    await keep(pool, week, 1)
    await register(pool, week, a_pupil(1), a_pupil(2), a_pupil(3))
    await do(pool, change_seats, offer_id=week.offer_id, seats=3)
    count = await counted(pool, week)
    assert (count["taken"], count["waiting"], count["kept"]) == (2, 1, 1)


async def test_thirty_at_once_on_kept_seats_never_oversell(pool):
    week = await a_week_of(pool, 10)
    await keep(pool, week, 4)
    batches = [[a_pupil(10 * n + i) for i in range(3)] + [a_schoolmate(10 * n + 9)] for n in range(1, 8)]
    await asyncio.gather(*(register(pool, week, *batch) for batch in batches))
    count = await counted(pool, week)
    school = await pool.fetchval(
        """
        SELECT count(*) FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        WHERE p.school_uai = $1 AND r.status = 'confirmed'
        """,
        SCHOOL,
    )
    assert count["taken"] == count["seated"] == 10
    assert school == 4


async def test_an_offer_that_keeps_nothing_reads_nothing_of_it(pool, monkeypatch):
    """The hot path: as many statements as before there were quotas."""
    week = await a_week_of(pool, 10)
    asked = []
    for method in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(Connection, method)

        def counted(self, query, *args, _original=original, **options):
            asked.append(query)
            return _original(self, query, *args, **options)

        monkeypatch.setattr(Connection, method, counted)
    await register(pool, week, *(a_pupil(number) for number in range(3)))
    ours = [query for query in asked if "campaigns." in query or "contract." in query]
    assert len(ours) == 7  # lock, keys, pupils, times, registrations, counters, facts
    assert not [query for query in ours if "quotas" in query]
    await keep(pool, week, 2)
    asked.clear()
    await register(pool, week, a_pupil(7))
    assert [query for query in asked if "quotas" in query]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_quotas_never_oversell_and_strand_no_seat_after_their_date(pool, seed):
    """A random story of arrivals, withdrawals, answers and dates; the invariants are asked after every step."""
    chance = random.Random(seed)  # noqa: S311
    week = await a_week_of(pool, 8)
    await keep(pool, week, 3)
    await keep(pool, week, 2, school_uai=None, until=UNTIL + timedelta(days=1))
    now, number = NOW, 0
    for _ in range(40):
        act = chance.choice(["arrive"] * 4 + ["leave", "leave", "accept", "clock"])
        living = await pool.fetch(
            "SELECT id, status FROM campaigns.registrations WHERE status IN ('waiting', 'held', 'confirmed')"
        )
        if act == "arrive":
            batch = []
            for _ in range(chance.randint(1, 4)):
                number += 1
                uai = chance.choice([None, None, SCHOOL])
                batch.append(a_pupil(number, school_uai=uai, without_host=chance.random() < 0.2))
            await register(pool, week, *batch, now=now)
        elif act == "leave" and living:
            await do(pool, withdraw_registration, registration_id=chance.choice(living)["id"], now=now)
        elif act == "accept" and (held := [row for row in living if row["status"] == "held"]):
            await do(pool, accept_seat, registration_id=chance.choice(held)["id"], now=now)
        elif act == "clock":
            await do(pool, promote_free_seats, offer_id=week.offer_id, now=now)
        count = await counted(pool, week)
        assert count["taken"] == count["seated"] <= count["seats"]
        assert count["taken"] + count["kept"] <= count["seats"]
        # a seat that is free and not kept is nobody's only when nobody waits
        assert count["waiting"] == 0 or count["taken"] + count["kept"] == count["seats"]
    await do(pool, release_quotas, offer_id=week.offer_id, now=UNTIL)
    await do(pool, release_quotas, offer_id=week.offer_id, now=UNTIL + timedelta(days=1))
    count = await counted(pool, week)
    assert count["kept"] is None
    assert count["taken"] == count["seats"] or count["waiting"] == 0
