"""Plan calls: a row for each fact and each webhook that wants facts of its kind, in the transaction that plans it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.notifications.webhooks.call import TRIED
from shared.database import Connection
from shared.identifiers import new_id


async def plan_calls(connection: Connection, event_ids: Sequence[UUID], *, now: datetime) -> None:
    """Doing it twice changes nothing."""
    rows = await connection.fetch(
        """
        SELECT w.id, e.id AS event_id, e.tag
        FROM contract.webhooks w
        JOIN contract.offer_owners o ON o.organisation_id = w.organisation_id
        JOIN contract.events e ON e.offer_id = o.offer_id AND split_part(e.tag, '.', 1) = ANY(w.kinds)
        WHERE e.id = ANY($1::uuid[]) AND w.ended_at IS NULL AND w.paused_at IS NULL
        ORDER BY e.id, w.id
        """,
        list(event_ids),
    )
    await _insert(connection, [(row["id"], row["event_id"], row["tag"]) for row in rows], now)


async def plan_asked_calls(connection: Connection, *, now: datetime) -> None:
    """What people asked for: an earlier call again, as if it had never been made, or a trial."""
    asked = await connection.fetch("DELETE FROM contract.call_requests RETURNING webhook_id, event_id")
    again = [row for row in asked if row["event_id"] is not None]
    await connection.execute(
        """
        UPDATE notifications.calls c SET state = 'due', due_at = $3, attempts = 0
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (webhook_id, event_id)
        WHERE c.webhook_id = asked.webhook_id AND c.event_id = asked.event_id AND c.state <> 'due'
        """,
        [row["webhook_id"] for row in again],
        [row["event_id"] for row in again],
        now,
    )
    trials = [row["webhook_id"] for row in asked if row["event_id"] is None]
    await _insert(connection, [(webhook_id, new_id(), TRIED) for webhook_id in trials], now)


async def _insert(connection: Connection, calls: Sequence[tuple[UUID, UUID, str]], now: datetime) -> None:
    if not calls:
        return
    await connection.execute(
        """
        INSERT INTO notifications.calls (id, webhook_id, event_id, tag, planned_at, due_at)
        SELECT id, webhook_id, event_id, tag, $5, $5
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS call (id, webhook_id, event_id, tag)
        ON CONFLICT (webhook_id, event_id) DO NOTHING
        """,
        [new_id() for _ in calls],
        [webhook_id for webhook_id, _, _ in calls],
        [event_id for _, event_id, _ in calls],
        [tag for _, _, tag in calls],
        now,
    )
