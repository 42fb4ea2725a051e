"""The database: one pool per process, and the transaction that a request or a message is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

CONNECTION_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # asyncpg raises it where a statement meets a connection that is just being lost (seen with pg_terminate_backend)
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    TimeoutError,
)
# a full disk, no memory: nothing was written, and asking again will do once there is room
NO_ROOM = asyncpg.InsufficientResourcesError
# a process that stands still in a transaction (stopped, or its machine is gone) gives its locks back after so long
STANDS_STILL = "10s"


async def open_pool(database_url: str, *, size: int) -> Pool:
    """A pool of at most `size` connections; they are opened when first needed."""
    return await asyncpg.create_pool(
        database_url,
        min_size=0,
        max_size=size,
        command_timeout=30,
        max_inactive_connection_lifetime=60,
        reset=_leave_as_it_is,
        server_settings={
            "application_name": "quinzaine",
            "timezone": "UTC",
            "idle_in_transaction_session_timeout": STANDS_STILL,
        },
    )


async def _leave_as_it_is(connection: Connection) -> None:
    """Nothing: asyncpg ends an open transaction itself, and nobody of ours leaves settings, locks, cursors or LISTEN
    behind in a pooled connection. Its own RESET ALL is a round trip after every request.
    """


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One connection and one READ COMMITTED transaction: committed when the block ends, rolled back when it raises."""
    async with pool.acquire() as connection, connection.transaction():
        yield connection


@asynccontextmanager
async def rehearsal(connection: Connection) -> AsyncIterator[None]:
    """A transaction that is undone: what would have happened can be read in it, and never did."""
    attempt = connection.transaction()
    await attempt.start()
    try:
        yield
    finally:
        await attempt.rollback()
