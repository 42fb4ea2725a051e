"""Resume sending: what has waited goes, the most urgent first."""

from datetime import datetime

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from shared.database import Connection


async def resume_sending(connection: Connection, actor: Actor, *, now: datetime) -> None:
    """Twice changes nothing."""
    resumed = await connection.fetchval(
        """
        UPDATE contract.sending SET paused_at = NULL, paused_by = NULL WHERE paused_at IS NOT NULL RETURNING true
        """
    )
    if resumed:
        await write_audit(connection, actor, "resume_sending", now=now)
