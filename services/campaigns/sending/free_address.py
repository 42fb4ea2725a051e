"""Free an address: it takes mails again, once whoever sends has heard of it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.sending.read import list_refused_addresses
from shared.database import Connection
from shared.outbox import append_events
from shared.suppressions import AddressFreed


async def free_address(connection: Connection, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Only of somebody the actor's organisation knows; of anybody else, or a second time, nothing happens."""
    refused = await list_refused_addresses(connection, organisation_id=actor.organisation_id)
    if not any(each.person_id == person_id for each in refused):
        return
    await append_events(connection, [AddressFreed(occurred_at=now, person_id=person_id)])
    await write_audit(connection, actor, "free_address", now=now)
