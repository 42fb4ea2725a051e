"""The outbox: facts appended in the verb's own transaction, and the doorbell that rings after it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog

from shared.database import CONNECTION_LOST, Connection
from shared.events import AnyEvent, encode_event, tag_of
from shared.traces import traceparents

DOORBELL = "quinzaine"

log = structlog.get_logger()


async def append_events(connection: Connection, events: Sequence[AnyEvent]) -> None:
    """Append facts in the caller's transaction. They exist when it commits, and only then."""
    if not events:
        return
    await connection.execute(
        """
        INSERT INTO contract.events (id, tag, offer_id, occurred_at, body, traceparent)
        SELECT id, tag, offer_id, occurred_at, body::jsonb, traceparent
        FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[])
            AS fact (id, tag, offer_id, occurred_at, body, traceparent)
        """,
        [event.id for event in events],
        [tag_of(event) for event in events],
        [event.offer_id for event in events],
        [event.occurred_at for event in events],
        [encode_event(event) for event in events],
        traceparents(events),
    )


class Doorbell:
    """Tells the relay that facts were committed: one NOTIFY for all that were rung while the last was under way.

    It has a connection of its own and never runs inside a verb's transaction: NOTIFY at commit takes one lock for
    the whole cluster. A ring that is lost is caught by the relay's poll.
    """

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Say that something was committed. Never waits, never fails."""
        self._rung.set()

    async def run(self) -> None:
        """Pass rings on until cancelled; a lost connection is opened again at the next ring."""
        connection: asyncpg.Connection | None = None
        try:
            while True:
                await self._rung.wait()
                self._rung.clear()
                try:
                    if connection is None or connection.is_closed():
                        connection = await asyncpg.connect(self._database_url, timeout=5)
                    await connection.execute(f"NOTIFY {DOORBELL}")
                except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                    log.warning("doorbell.unheard", error=type(error).__name__)
                    if connection is not None:
                        connection.terminate()
                        connection = None
                    # the ring was not heard: ring again when the database is back
                    self._rung.set()
                    await asyncio.sleep(0.5)
        finally:
            if connection is not None:
                with suppress(*CONNECTION_LOST, asyncpg.PostgresError):
                    await connection.close(timeout=1)
