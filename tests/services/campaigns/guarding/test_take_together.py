"""What all web processes share: a limit holds once for all of them, and without the database each has its own."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.guarding.buckets import Rate
from services.campaigns.guarding.take_together import SharedBuckets
from services.campaigns.guarding.watch import Watch
from shared.settings import LIMITS
from shared.signed_links import Signer
from tests.application import visiting
from tests.processes import web
from tests.services.campaigns.guarding.test_guard import register
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio
RATES = {"guessing": Rate(5, 1), "registering": Rate(120, 60)}


async def guess(visitor: Any, url: str = "") -> int:
    return int((await visitor.get(f"{url}/inscriptions/x")).status_code)


async def test_of_many_who_take_at_once_as_many_get_one_as_there_are(pool):
    buckets = SharedBuckets(pool, RATES)
    waits = await asyncio.gather(*[buckets.take("guessing", b"one", 1) for _ in range(30)])
    assert waits.count(0) == 5
    assert {wait for wait in waits if wait} <= {59, 60}
    assert await buckets.take("guessing", b"another", 1) == 0
    assert await buckets.take("registering", b"one", 1) == 0


async def test_a_bucket_fills_again_as_time_goes_by_and_never_above_what_it_holds(pool):
    buckets = SharedBuckets(pool, RATES)
    for _ in range(5):
        await buckets.take("guessing", b"one", 1)
    await pool.execute("UPDATE campaigns.asked_lately SET full_at = full_at - interval '2 minutes'")
    assert [bool(await buckets.take("guessing", b"one", 1)) for _ in range(3)] == [False, False, True]
    await pool.execute("UPDATE campaigns.asked_lately SET full_at = now() - interval '1 year'")
    assert [bool(await buckets.take("guessing", b"one", 1)) for _ in range(6)] == [False] * 5 + [True]
    assert [await buckets.take("registering", b"one", 60) for _ in range(2)] == [0, 0]
    assert await buckets.take("registering", b"one", 60) >= 59


async def two_processes(settings: Any, stack: AsyncExitStack, **limits: tuple[int, float]) -> list[AsyncTestClient]:
    told = msgspec.structs.replace(settings, limits={**LIMITS, **limits})
    return [await stack.enter_async_context(visiting(told, raise_server_exceptions=False)) for _ in range(2)]


async def test_two_processes_let_a_guesser_guess_as_often_as_one_and_without_the_table_twice_as_often(pool, settings):
    async with AsyncExitStack() as stack:
        both = await two_processes(settings, stack, guessing=(6, 1))
        guesses = Counter([await guess(both[number % 2]) for number in range(20)])
        assert guesses == {404: 6, 429: 14}
        await pool.execute("TRUNCATE campaigns.asked_lately")
    async with AsyncExitStack() as stack:
        both = await two_processes(settings, stack, guessing=(6, 1))
        await pool.execute("DROP TABLE campaigns.asked_lately")
        guesses = Counter([await guess(both[number % 2]) for number in range(20)])
        assert guesses == {404: 12, 429: 8}, "the negative control: what two processes let pass that share nothing"


async def test_a_robot_that_registers_gains_a_tenth_by_a_second_process_and_a_pupil_waits_for_nothing(pool, settings):
    week = await a_week(pool, seats=15)
    async with AsyncExitStack() as stack:
        both = await two_processes(settings, stack, registering=(20, 1))
        statuses = Counter(
            [(await register(both[number % 2], week.offer_id, number + 1)).status_code for number in range(60)]
        )
        assert 20 <= statuses[201] <= 20 + 2, statuses
        assert statuses[201] + statuses[429] == 60
        await pool.execute("TRUNCATE campaigns.asked_lately")
        (fresh, _) = await two_processes(settings, stack, registering=(20, 1))
        assert (await register(fresh, week.offer_id, 99)).status_code == 201
        assert await pool.fetchval("SELECT count(*) FROM campaigns.asked_lately") == 0, "one pupil is not looked up"


async def test_a_class_that_registers_within_one_moment_is_settled_once_however_slow_the_database_is(pool):
    watch = Watch(LIMITS, Signer(("s" * 32,)), pool, shown=lambda _: "")
    asked = {
        "method": "POST",
        "path": f"/api/v1/offers/{UUID(int=1)}/registrations",
        "client": ("198.51.100.7", 1),
        "headers": [],
    }
    # all have come before the first answer of the database is here
    draws = [draw for _ in range(100) if (draw := watch.look(asked))]
    assert [amount for _, _, amount in draws] == [40, 40]
    await asyncio.gather(*(watch.draw(draw) for draw in draws))
    assert watch.look(asked) is None


async def test_links_asked_for_of_two_running_processes_are_limited_once(settings, pool, tmp_path):
    async with web(settings, tmp_path, processes=2, limits="sending_mail=7/1") as urls, httpx.AsyncClient() as client:
        asked = [
            client.post(f"{urls[number % 2]}/connexion", data={"email": f"a{number}@b.example"}) for number in range(30)
        ]
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*asked))
        assert statuses == {200: 7, 429: 23}
        # what a crash of the database does to a table that is not logged: it is empty, and everything goes on
        await pool.execute("TRUNCATE campaigns.asked_lately")
        fresh = await client.post(f"{urls[0]}/lien", data={"email": "c@d.example"})
        assert fresh.status_code == 429, "this process still knows"


async def test_who_writes_more_than_a_person_does_is_told_to_wait_and_no_other_person_is(pool, settings, sign_in):
    week = await a_week(pool, seats=15)
    one, other = (
        await sign_in(week.organisation_id),
        await sign_in(week.organisation_id, email="autre@federation.example"),
    )
    async with AsyncExitStack() as stack:
        both = await two_processes(settings, stack, acting=(8, 1))

        async def act(number: int, secret: str, before: str = "") -> int:
            cookies = {"cookie": f"{before}quinzaine={secret}"}
            answer = await both[number % 2].post("/compte/organisation", headers=cookies, follow_redirects=False)
            return int(answer.status_code)

        # whatever else stands beside the cookie
        statuses = Counter([await act(number, one.member.secret, f"a{number}=1; ") for number in range(20)])
        assert statuses == {403: 8, 429: 12}
        assert await act(0, other.member.secret) == 403


async def test_whoever_asked_is_kept_as_a_hash_and_forgotten(pool, settings):
    async with AsyncExitStack() as stack:
        one, _ = await two_processes(settings, stack, guessing=(6, 1))
        await guess(one)
        (kept,) = await pool.fetch("SELECT client, full_at FROM campaigns.asked_lately")
        assert len(kept["client"]) >= 16
        edge = Edge(settings, pool)
        await tick(edge, now=NOW, free_seats=False, tombstones=True)
        assert await pool.fetchval("SELECT count(*) FROM campaigns.asked_lately") == 1
        await pool.execute("UPDATE campaigns.asked_lately SET full_at = $1", kept["full_at"] - timedelta(minutes=2))
        await tick(edge, now=NOW, free_seats=False, tombstones=True)
        assert await pool.fetchval("SELECT count(*) FROM campaigns.asked_lately") == 0
