"""The pool: who stands still in a transaction holds nobody up for ever."""

import asyncio
from uuid import UUID

import pytest

from shared import database
from shared.database import CONNECTION_LOST, Connection, open_pool, transaction
from tests.world import a_week

pytestmark = pytest.mark.anyio


async def lock(connection: Connection, offer_id: UUID) -> None:
    await connection.execute("SELECT FROM campaigns.offers WHERE id = $1 FOR UPDATE", offer_id)


async def test_a_process_that_stands_still_in_a_transaction_gives_its_locks_back(pool, database_url, monkeypatch):
    async with transaction(pool) as connection:
        offer_id = (await a_week(connection)).offer_id
    monkeypatch.setattr(database, "STANDS_STILL", "500ms")
    its_own = await open_pool(database_url, size=1)

    async def stand_still() -> None:
        async with transaction(its_own) as standing, transaction(pool) as waiting:
            await lock(standing, offer_id)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(locking := asyncio.ensure_future(lock(waiting, offer_id))), 0.1)
            await asyncio.wait_for(locking, 5)
            await standing.execute("SELECT 1")

    # it wakes, and learns that its transaction is gone
    with pytest.raises(CONNECTION_LOST):
        await stand_still()
    its_own.terminate()
