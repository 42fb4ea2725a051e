"""What is read of an organisation's webhooks and their calls."""

from uuid import UUID

from services.campaigns.organisations.webhooks.webhook import MadeCall, UnknownWebhook, Webhook
from shared.database import Connection


async def list_webhooks(connection: Connection, organisation_id: UUID) -> list[Webhook]:
    """Those that have not ended, in the order they were made."""
    rows = await connection.fetch(
        """
        SELECT id, url, kinds, version, created_at, paused_at FROM contract.webhooks
        WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY id
        """,
        organisation_id,
    )
    return [Webhook(**{**row, "kinds": tuple(row["kinds"])}) for row in rows]


async def read_webhook(connection: Connection, organisation_id: UUID, webhook_id: UUID) -> Webhook:
    """Raises `UnknownWebhook`."""
    for webhook in await list_webhooks(connection, organisation_id):
        if webhook.id == webhook_id:
            return webhook
    raise UnknownWebhook


async def list_calls(
    connection: Connection, webhook_id: UUID, *, before: UUID | None = None, limit: int
) -> list[MadeCall]:
    """The last calls, newest first, before the call `before`."""
    rows = await connection.fetch(
        """
        SELECT id, tag, planned_at, due_at, state, attempts, status, answer, called_at FROM contract.calls
        WHERE webhook_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
        """,
        webhook_id,
        before,
        limit,
    )
    return [MadeCall(**row) for row in rows]
