"""Pause sending: nothing is sent to anybody until it goes on; what waits is kept."""

from datetime import datetime

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from shared.database import Connection


async def pause_sending(connection: Connection, actor: Actor, *, now: datetime) -> None:
    """All workers obey within a second. Twice changes nothing, and the first one stays who did it."""
    paused = await connection.fetchval(
        """
        INSERT INTO contract.sending AS known (paused_at, paused_by) VALUES ($1, $2)
        ON CONFLICT (only_one) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by
        WHERE known.paused_at IS NULL
        RETURNING true
        """,
        now,
        actor.person_id,
    )
    if paused:
        await write_audit(connection, actor, "pause_sending", now=now)
