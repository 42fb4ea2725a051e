"""Change the role of a member; the last owner keeps it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES, Role
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.members.member import Standing, find_member, refuse_last_owner
from services.campaigns.organisations.members.read import list_standings
from shared.database import Connection
from shared.languages import speaking


async def change_role(
    connection: Connection, *, actor: Actor, organisation_id: UUID, member_id: UUID, role: Role, now: datetime
) -> Standing:
    """The member as they stood before; raises `UnknownOrganisation`, `UnknownMember`, `LastOwner`."""
    await lock_organisation(connection, organisation_id)
    standings = await list_standings(connection, organisation_id)
    member = find_member(standings, member_id)
    if role != "owner":
        refuse_last_owner(standings, member)
    await connection.execute("UPDATE campaigns.members SET role = $2 WHERE id = $1", member_id, role)
    if role != member.role:
        with speaking("fr"):
            detail = f"{member.name} : {ROLE_NAMES[role]} au lieu de {ROLE_NAMES[member.role]}"
        await write_audit(connection, actor, "change_role", detail, now=now, organisation_id=organisation_id)
    return member
