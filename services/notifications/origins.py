"""Origins: the spans in which facts were made, so that planning and sending stand in the trace of their request."""

from collections.abc import Sequence
from uuid import UUID

from shared.database import Pool
from shared.traces import Traceparent, tracing


async def origins_of_events(pool: Pool, ids: Sequence[UUID]) -> dict[UUID, Traceparent]:
    """Of the facts that nobody has planned; nothing is asked where nobody traces."""
    if not tracing():
        return {}
    rows = await pool.fetch(
        """
        SELECT id, traceparent FROM contract.events
        WHERE id = ANY($1::uuid[]) AND planned_at IS NULL AND traceparent IS NOT NULL
        """,
        list(ids),
    )
    return {row["id"]: row["traceparent"] for row in rows}


async def origins_of_deliveries(pool: Pool, ids: Sequence[UUID]) -> dict[UUID, Traceparent]:
    """Of the facts that these deliveries tell."""
    if not tracing():
        return {}
    rows = await pool.fetch(
        """
        SELECT d.id, e.traceparent FROM notifications.deliveries d JOIN contract.events e ON e.id = d.event_id
        WHERE d.id = ANY($1::uuid[]) AND e.traceparent IS NOT NULL
        """,
        list(ids),
    )
    return {row["id"]: row["traceparent"] for row in rows}
