"""The outbox: facts exist when their transaction commits, and the doorbell rings after it."""

import asyncio

import asyncpg
import pytest

from shared.database import transaction
from shared.events import OfferPublished, decode_event
from shared.identifiers import new_id
from shared.outbox import DOORBELL, Doorbell, append_events
from tests.world import NOW

pytestmark = pytest.mark.anyio


def a_fact() -> OfferPublished:
    return OfferPublished(occurred_at=NOW, offer_id=new_id(), revision=1, programme=1)


async def test_facts_are_read_back_as_they_were_told(pool):
    fact = a_fact()
    async with transaction(pool) as connection:
        await append_events(connection, [fact])
        await append_events(connection, [])
    assert decode_event(await pool.fetchval("SELECT body FROM contract.events")) == fact


async def test_a_transaction_that_fails_leaves_no_fact(pool):
    async def fail() -> None:
        async with transaction(pool) as connection:
            await append_events(connection, [a_fact()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await pool.fetchval("SELECT count(*) FROM contract.events") == 0


async def test_many_rings_are_heard_as_few_and_a_cut_connection_is_opened_again(pool, database_url):
    heard = 0

    def hear(*_: object) -> None:
        nonlocal heard
        heard += 1

    listener = await asyncpg.connect(database_url)
    await listener.add_listener(DOORBELL, hear)
    doorbell = Doorbell(database_url)
    running = asyncio.create_task(doorbell.run())
    for _ in range(500):
        doorbell.ring()
    await asyncio.sleep(0.3)
    assert 1 <= heard <= 3
    await pool.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE query = 'NOTIFY quinzaine' AND pid <> pg_backend_pid() AND datname = current_database()
        """
    )
    before = heard
    for _ in range(50):
        doorbell.ring()
        await asyncio.sleep(0.2)
        if heard > before:
            break
    assert heard > before
    running.cancel()
    await listener.close()
