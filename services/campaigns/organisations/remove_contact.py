"""Remove a contact: requests no longer go to this person."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from shared.database import Connection


async def remove_contact(
    connection: Connection, *, actor: Actor, organisation_id: UUID, person_id: UUID, now: datetime
) -> bool:
    """Whether the person was a contact; the person's row stays, as mails may name it. Raises `UnknownOrganisation`."""
    await lock_organisation(connection, organisation_id)
    removed = await connection.fetchval(
        """
        DELETE FROM campaigns.contacts WHERE organisation_id = $1 AND person_id = $2 RETURNING true
        """,
        organisation_id,
        person_id,
    )
    if removed:
        await write_audit(connection, actor, "remove_contact", "", now=now, organisation_id=organisation_id)
    return bool(removed)
