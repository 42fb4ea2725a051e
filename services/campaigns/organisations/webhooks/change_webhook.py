"""End, pause, resume a webhook, or give it another secret."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.webhooks.webhook import UnknownWebhook
from shared.database import Connection

Change = Literal["end", "pause", "resume", "renew"]
_SET = {
    "end": "ended_at = $3",
    "pause": "paused_at = coalesce(paused_at, $3)",
    # of what happened while it was paused nothing is told: only what was planned before goes on
    "resume": "paused_at = CASE WHEN $3::timestamptz IS NULL THEN paused_at END",
    "renew": "version = version + CASE WHEN $3::timestamptz IS NULL THEN 0 ELSE 1 END",
}


async def change_webhook(
    connection: Connection, *, actor: Actor, organisation_id: UUID, webhook_id: UUID, change: Change, now: datetime
) -> None:
    """Raises `UnknownWebhook` for one that has ended or is another organisation's."""
    url: str | None = await connection.fetchval(
        f"""
        UPDATE contract.webhooks SET {_SET[change]}
        WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL RETURNING url
        """,  # noqa: S608  # one of four constants
        webhook_id,
        organisation_id,
        now,
    )
    if url is None:
        raise UnknownWebhook
    await write_audit(connection, actor, f"{change}_webhook", url, now=now, organisation_id=organisation_id)
