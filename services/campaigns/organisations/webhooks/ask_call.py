"""Ask for a call: an earlier one again, or one to try the address."""

from datetime import datetime
from uuid import UUID

from services.campaigns.organisations.webhooks.webhook import UnknownCall, UnknownWebhook
from shared.database import Connection
from shared.identifiers import new_id


async def ask_call(
    connection: Connection, *, organisation_id: UUID, webhook_id: UUID, call_id: UUID | None, now: datetime
) -> None:
    """Without `call_id`: a trial. Raises `UnknownWebhook`, `UnknownCall`. A paused one is called once it resumes."""
    known = await connection.fetchval(
        "SELECT count(*) FROM contract.webhooks WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL",
        webhook_id,
        organisation_id,
    )
    if not known:
        raise UnknownWebhook
    event_id = None
    if call_id is not None:
        event_id = await connection.fetchval(
            "SELECT event_id FROM contract.calls WHERE id = $1 AND webhook_id = $2", call_id, webhook_id
        )
        if event_id is None:
            raise UnknownCall
    await connection.execute(
        "INSERT INTO contract.call_requests (id, webhook_id, event_id, asked_at) VALUES ($1, $2, $3, $4)",
        new_id(),
        webhook_id,
        event_id,
        now,
    )
