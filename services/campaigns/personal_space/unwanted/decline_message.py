"""Decline a message: whoever was sent it is sent it no more."""

from datetime import datetime
from uuid import UUID

from services.campaigns.announcing.correspondents.correspondent import MESSAGES
from shared.database import Connection


async def decline_message(connection: Connection, delivery_id: UUID, *, now: datetime) -> str | None:
    """By the delivery whose link was pressed; its message, None where there is none. Twice changes nothing.

    Who wants no more announcements wants no invitations by the same list either.
    """
    message: str | None = await connection.fetchval(
        """
        WITH told AS (SELECT recipient_id, message FROM contract.deliveries WHERE id = $1), noted AS (
            INSERT INTO contract.unwanted (person_id, message, since)
            SELECT recipient_id, declined, $2 FROM told JOIN contract.people p ON p.id = recipient_id
            CROSS JOIN unnest(CASE WHEN message = ANY($3::text[]) THEN $3::text[] ELSE ARRAY[message] END)
                AS declined
            ON CONFLICT DO NOTHING
        )
        SELECT message FROM told
        """,
        delivery_id,
        now,
        list(MESSAGES),
    )
    return message
