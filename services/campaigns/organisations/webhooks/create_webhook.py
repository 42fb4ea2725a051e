"""Create a webhook for an organisation."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.webhooks.webhook import WEBHOOKS_AT_MOST, Kind, TooManyWebhooks
from shared.database import Connection
from shared.identifiers import new_id


async def create_webhook(
    connection: Connection, *, actor: Actor, organisation_id: UUID, url: str, kinds: Sequence[Kind], now: datetime
) -> UUID:
    """The webhook's id; raises `UnknownOrganisation`, `TooManyWebhooks`."""
    await lock_organisation(connection, organisation_id)
    living = await connection.fetchval(
        "SELECT count(*) FROM contract.webhooks WHERE organisation_id = $1 AND ended_at IS NULL", organisation_id
    )
    if living >= WEBHOOKS_AT_MOST:
        raise TooManyWebhooks
    webhook_id = new_id()
    await connection.execute(
        "INSERT INTO contract.webhooks (id, organisation_id, url, kinds, created_at) VALUES ($1, $2, $3, $4, $5)",
        webhook_id,
        organisation_id,
        url,
        list(kinds),
        now,
    )
    await write_audit(connection, actor, "create_webhook", url, now=now, organisation_id=organisation_id)
    return webhook_id
