"""End, pause, resume a webhook, or give it another secret."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.webhooks.webhook import UnknownWebhook
from shared.database import Connection

Change = Literal["end", "pause", "resume", "renew"]


async def change_webhook(
    connection: Connection, *, actor: Actor, organisation_id: UUID, webhook_id: UUID, change: Change, now: datetime
) -> None:
    """Raises `UnknownWebhook` for one that has ended or is another organisation's."""
    url: str | None = await connection.fetchval(
        """
        UPDATE contract.webhooks
        SET ended_at = CASE $3 WHEN 'end' THEN $4::timestamptz END,
            -- of what happened while it was paused nothing is told: what was planned before goes on
            paused_at = CASE $3 WHEN 'pause' THEN coalesce(paused_at, $4) WHEN 'resume' THEN NULL ELSE paused_at END,
            version = version + ($3 = 'renew')::integer
        WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL RETURNING url
        """,
        webhook_id,
        organisation_id,
        change,
        now,
    )
    if url is None:
        raise UnknownWebhook
    await write_audit(connection, actor, f"{change}_webhook", url, now=now, organisation_id=organisation_id)
