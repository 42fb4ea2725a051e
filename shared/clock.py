"""The time: that of the database, which all processes share, counted on between two looks by a clock that cannot jump.

Holds, leases and due times are written by one process and judged by another. A machine whose clock is an hour off, or
is set right in the middle, would end them early or keep them for an hour.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from shared.database import CONNECTION_LOST, Connection, Pool

LOOK_EVERY = 10.0
# who says how late it is without having asked the database, or with a clock that agrees, is left its own clock
BEAR = timedelta(seconds=1)

log = structlog.get_logger()


class _Clock:
    """One per process: what the database's clock showed, and when, on the clock that only counts."""

    def __init__(self) -> None:
        self.shown: datetime | None = None
        self.looked_at = 0.0


_clock = _Clock()


def now() -> datetime:
    """The time, in UTC."""
    own = datetime.now(UTC)
    if _clock.shown is None:
        return own
    theirs = _clock.shown + timedelta(seconds=time.monotonic() - _clock.looked_at)
    return own if abs(own - theirs) < BEAR else theirs


async def look(connection: Connection) -> None:
    """Compare with the database; what the question took is halved, and an answer that took too long tells nothing."""
    began = time.monotonic()
    shown: datetime = await connection.fetchval("SELECT clock_timestamp()")
    ended = time.monotonic()
    if ended - began > BEAR.total_seconds():
        return
    _clock.shown, _clock.looked_at = shown, (began + ended) / 2
    if abs(datetime.now(UTC) - shown) >= BEAR:
        log.warning("clock.off", seconds=round((datetime.now(UTC) - shown).total_seconds(), 1))


async def look_now_and_then(connection: Connection) -> None:
    """Compare where that was some seconds ago."""
    if _clock.shown is None or time.monotonic() - _clock.looked_at > LOOK_EVERY:
        await look(connection)


async def keep_time(pool: Pool) -> None:
    """Look now and again until cancelled; while the database is away the time is counted on."""
    try:
        while True:
            try:
                async with pool.acquire() as connection:
                    await look(connection)
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("clock.unseen", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)
    finally:
        _clock.shown = None
