"""Send the secret address of a calendar by mail: a page would show it to whoever registers somebody."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.database import Connection
from shared.notices import CalendarRequested
from shared.outbox import append_events

AGAIN_AFTER = timedelta(minutes=10)


async def send_address(
    connection: Connection, *, whose: Literal["personal", "famille"], person_id: UUID, now: datetime
) -> bool:
    """Whether it was sent: once in a while, so that nobody's mailbox is filled by pressing a button."""
    version = await connection.fetchval(
        """
        UPDATE contract.people SET calendar_sent_at = $2
        WHERE id = $1 AND email IS NOT NULL AND erased_at IS NULL
          AND (calendar_sent_at IS NULL OR calendar_sent_at <= $3)
        RETURNING calendar_version
        """,
        person_id,
        now,
        now - AGAIN_AFTER,
    )
    if version is None:
        return False
    fact = CalendarRequested(
        occurred_at=now, recipients=(person_id,), whose=whose, holder_id=person_id, calendar_version=version
    )
    await append_events(connection, [fact])
    return True
