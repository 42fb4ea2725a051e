"""The time: the database's, counted on, whatever the machine's own clock is set to."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from shared import clock

pytestmark = pytest.mark.anyio


async def test_a_clock_that_jumps_does_not_move_the_time(pool, time_machine):
    real = datetime.now(UTC)
    async with pool.acquire() as connection:
        await clock.look(connection)
    for away in (timedelta(hours=1), timedelta(hours=-1), timedelta(days=400)):
        time_machine.move_to(real + away)
        assert abs(clock.now() - real) < timedelta(seconds=30)
    with suppress(TimeoutError):
        await asyncio.wait_for(clock.keep_time(pool), 0.1)
    # nobody looks any more: a process has only its own
    assert clock.now() - real > timedelta(days=399)


def test_whoever_has_not_looked_has_its_own_clock(time_machine):
    time_machine.move_to(datetime(2027, 3, 28, 1, 30, tzinfo=UTC), tick=False)
    assert clock.now() == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


async def test_a_clock_that_agrees_is_left_alone(pool):
    async with pool.acquire() as connection:
        await clock.look(connection)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    clock._clock.shown = None
