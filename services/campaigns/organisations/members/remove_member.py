"""Remove a member, or leave: the person no longer acts for the organisation, from this moment on, on any device."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.members.member import (
    Standing,
    UnknownMember,
    find_member,
    refuse_last_owner,
)
from services.campaigns.organisations.members.read import list_standings
from shared.database import Connection


async def remove_member(
    connection: Connection, *, actor: Actor, organisation_id: UUID, member_id: UUID, now: datetime
) -> Standing:
    """The member as they stood; raises `UnknownOrganisation`, `UnknownMember`, `LastOwner`."""
    await lock_organisation(connection, organisation_id)
    standings = await list_standings(connection, organisation_id)
    member = find_member(standings, member_id)
    refuse_last_owner(standings, member)
    await connection.execute("DELETE FROM campaigns.members WHERE id = $1", member_id)
    action = "leave_organisation" if member.person_id == actor.person_id else "remove_member"
    await write_audit(connection, actor, action, member.name, now=now, organisation_id=organisation_id)
    return member


async def leave_organisation(connection: Connection, *, actor: Actor, organisation_id: UUID, now: datetime) -> Standing:
    """What a person does of their own; raises like `remove_member`."""
    await lock_organisation(connection, organisation_id)
    for standing in await list_standings(connection, organisation_id):
        if standing.person_id == actor.person_id:
            return await remove_member(
                connection, actor=actor, organisation_id=organisation_id, member_id=standing.id, now=now
            )
    raise UnknownMember
