"""Take from the buckets that all web processes share: a row for each client and class, taken from in one statement."""

from collections.abc import Mapping
from datetime import timedelta

import asyncpg
import structlog

from services.campaigns.guarding.buckets import Rate
from shared.database import CONNECTION_LOST, Connection, Pool

log = structlog.get_logger()

# a database that is away, or of the release before: each process still has its own buckets
WITHOUT = (*CONNECTION_LOST, asyncpg.UndefinedTableError, asyncpg.ReadOnlySQLTransactionError)


class SharedBuckets:
    """By the database's clock, which is one for all. A row whose bucket is full again is as good as none."""

    def __init__(self, pool: Pool, rates: Mapping[str, Rate]) -> None:
        self._pool = pool
        self._rates = rates

    async def take(self, limited: str, client: bytes, amount: int) -> int:
        """Take so many, at most what a bucket holds; 0 where they were there, else the whole seconds until they are."""
        rate = self._rates[limited]
        each = timedelta(minutes=1) / rate.a_minute
        try:
            taken = await self._pool.fetchval(
                """
                INSERT INTO campaigns.asked_lately AS known (class, client, full_at)
                VALUES ($1, $2, now() + $3::interval)
                ON CONFLICT (class, client) DO UPDATE SET full_at = greatest(known.full_at, now()) + $3::interval
                WHERE greatest(known.full_at, now()) + $3::interval <= now() + $4::interval
                RETURNING true
                """,
                limited,
                client,
                each * amount,
                each * rate.at_once,
            )
            if taken:
                return 0
            wait: int | None = await self._pool.fetchval(
                """
                SELECT ceil(extract(epoch FROM full_at + $3::interval - $4::interval - now()))::int
                FROM campaigns.asked_lately WHERE (class, client) = ($1, $2)
                """,
                limited,
                client,
                each * amount,
                each * rate.at_once,
            )
        except WITHOUT as error:
            log.warning("guarding.alone", error=type(error).__name__)
            return 0
        return max(1, wait or 0)


async def forget_who_asked(connection: Connection) -> None:
    """Remove whose bucket is full again: nobody is remembered for longer than the limit needs."""
    await connection.execute("DELETE FROM campaigns.asked_lately WHERE full_at <= now()")
