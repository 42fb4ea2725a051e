"""Decline a message: whoever was sent it is sent it no more."""

from datetime import datetime
from uuid import UUID

from shared.database import Connection


async def decline_message(connection: Connection, delivery_id: UUID, *, now: datetime) -> bool:
    """By the delivery whose link was pressed; whether there is one. Twice changes nothing."""
    return bool(
        await connection.fetchval(
            """
            WITH told AS (SELECT recipient_id, message FROM contract.deliveries WHERE id = $1), noted AS (
                INSERT INTO contract.unwanted (person_id, message, since)
                SELECT recipient_id, message, $2 FROM told JOIN contract.people p ON p.id = recipient_id
                ON CONFLICT DO NOTHING
            )
            SELECT true FROM told
            """,
            delivery_id,
            now,
        )
    )
