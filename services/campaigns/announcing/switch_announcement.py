"""Switch an announcement off between two batches, and on again."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.read import read_announcement
from services.campaigns.audit import write_audit
from shared.database import Connection


async def stop_announcement(connection: Connection, actor: Actor, *, announcement_id: UUID, now: datetime) -> None:
    """No further batch goes; what was handed over to be sent is sent. Twice, or once it has ended, changes nothing."""
    await read_announcement(connection, actor.organisation_id, announcement_id)
    stopped = await connection.fetchval(
        """
        UPDATE campaigns.announcements SET next_at = NULL, stopped_at = $2, stopped_why = 'asked'
        WHERE id = $1 AND next_at IS NOT NULL RETURNING campaign_id
        """,
        announcement_id,
        now,
    )
    if stopped:
        await write_audit(connection, actor, "stop_announcement", now=now, campaign_id=stopped)


async def resume_announcement(connection: Connection, actor: Actor, *, announcement_id: UUID, now: datetime) -> None:
    """The next batch may go. Twice, or once it has ended, changes nothing."""
    await read_announcement(connection, actor.organisation_id, announcement_id)
    resumed = await connection.fetchval(
        """
        UPDATE campaigns.announcements SET next_at = $2, stopped_at = NULL
        WHERE id = $1 AND stopped_at IS NOT NULL AND ended_at IS NULL RETURNING campaign_id
        """,
        announcement_id,
        now,
    )
    if resumed:
        await write_audit(connection, actor, "resume_announcement", now=now, campaign_id=resumed)
