"""Claim calls that are due, one for each webhook, and write down what each came to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.notifications.webhooks.call import NOT_TRIED_AGAIN_AFTER, NOT_TRIED_FOR, Call, CallAnswer, next_try
from shared.database import Connection

# longer than a call may take (post_call.SECONDS)
LEASE = timedelta(seconds=60)


async def claim_calls(connection: Connection, *, busy: Collection[UUID], most: int, now: datetime) -> list[Call]:
    """The earliest due call of each webhook that is not busy; nobody else's claim is waited for."""
    rows = await connection.fetch(
        """
        WITH earliest AS (
            SELECT DISTINCT ON (c.webhook_id) c.id, c.due_at
            FROM notifications.calls c JOIN contract.webhooks w ON w.id = c.webhook_id
            WHERE c.state = 'due' AND c.due_at <= $1 AND c.webhook_id <> ALL($2::uuid[])
              AND w.ended_at IS NULL AND w.paused_at IS NULL
            ORDER BY c.webhook_id, c.due_at, c.id
        ), chosen AS (
            SELECT c.id FROM notifications.calls c JOIN earliest USING (id)
            WHERE c.state = 'due' AND c.due_at <= $1
            ORDER BY c.due_at, c.id LIMIT $3 FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE notifications.calls c SET attempts = c.attempts + 1, due_at = $4
        FROM chosen, contract.webhooks w
        WHERE c.id = chosen.id AND w.id = c.webhook_id
        RETURNING c.id, c.webhook_id, c.tag, c.attempts, w.version, w.url, c.planned_at,
                  (SELECT e.occurred_at FROM contract.events e WHERE e.id = c.event_id) AS occurred_at,
                  (SELECT e.body FROM contract.events e WHERE e.id = c.event_id) AS body
        """,
        now,
        list(busy),
        most,
        now + LEASE,
    )
    return [
        Call(
            id=row["id"],
            webhook_id=row["webhook_id"],
            version=row["version"],
            url=row["url"],
            tag=row["tag"],
            occurred_at=row["occurred_at"] or row["planned_at"],
            fact=msgspec.json.decode(row["body"]) if row["body"] else {},
            attempts=row["attempts"],
        )
        for row in rows
    ]


async def mark_call(connection: Connection, call: Call, answer: CallAnswer, *, now: datetime) -> None:
    """Answered, due again later, or given up. An address that is gone (410) is called no more until resumed."""
    again = next_try(call.attempts, now) if answer.meaning == "later" else None
    tried = answer.tried or now - call.occurred_at > NOT_TRIED_FOR
    if not tried:
        again = now + NOT_TRIED_AGAIN_AFTER
    state = "answered" if answer.meaning == "answered" else "due" if again else "failed"
    await connection.execute(
        """
        UPDATE notifications.calls
        SET state = $2, due_at = coalesce($3, due_at), status = $4, answer = $5, called_at = $6,
            attempts = attempts - $7::bool::int
        WHERE id = $1 AND state = 'due'
        """,
        call.id,
        state,
        again,
        answer.status,
        answer.words,
        now,
        not tried,
    )
    if answer.meaning == "gone":
        await connection.execute(
            "UPDATE contract.webhooks SET paused_at = $2 WHERE id = $1 AND paused_at IS NULL", call.webhook_id, now
        )
