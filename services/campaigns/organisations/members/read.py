"""What is read of an organisation's members and invitations."""

from datetime import datetime
from uuid import UUID

from services.campaigns.organisations.members.invitation import Invitation, UnknownInvitation
from services.campaigns.organisations.members.member import Member, Standing, UnknownMember
from shared.database import Connection


async def list_standings(connection: Connection, organisation_id: UUID) -> list[Standing]:
    """Everybody's role; read under the organisation's lock where something is decided by it."""
    rows = await connection.fetch(
        """
        SELECT m.id, m.person_id, btrim(p.first_name || ' ' || p.last_name) AS name, m.role
        FROM campaigns.members m JOIN contract.people p ON p.id = m.person_id WHERE m.organisation_id = $1
        """,
        organisation_id,
    )
    return [Standing(**dict(row)) for row in rows]


MEMBER = """
    SELECT m.id, m.person_id, btrim(p.first_name || ' ' || p.last_name) AS name, a.email, m.role, m.joined_at,
           EXISTS (SELECT FROM contract.suppressions shut WHERE shut.address = lower(p.email)) AS refused
    FROM campaigns.members m
    JOIN campaigns.accounts a ON a.person_id = m.person_id
    JOIN contract.people p ON p.id = m.person_id
"""


async def list_members(
    connection: Connection, organisation_id: UUID, *, after: UUID | None = None, limit: int
) -> list[Member]:
    """Who acts for the organisation, in the order they joined, after the member `after`."""
    rows = await connection.fetch(
        f"""
        {MEMBER}
        WHERE m.organisation_id = $1 AND ($2::uuid IS NULL OR m.id > $2)
        ORDER BY m.id LIMIT $3
        """,
        organisation_id,
        after,
        limit,
    )
    return [Member(**dict(row)) for row in rows]


INVITATION = """
    SELECT i.id, i.organisation_id, o.name AS organisation, o.kind AS organisation_kind, i.person_id, i.email, i.role,
           i.invited_at, i.expires_at, i.accepted_at, i.revoked_at,
           coalesce(btrim(p.first_name || ' ' || p.last_name), '') AS invited_by,
           EXISTS (SELECT FROM campaigns.accounts a WHERE a.email = i.email) AS has_account,
           EXISTS (SELECT FROM contract.suppressions shut WHERE shut.address = i.email) AS refused
    FROM campaigns.member_invitations i
    JOIN campaigns.organisations o ON o.id = i.organisation_id
    LEFT JOIN contract.people p ON p.id = i.invited_by
"""


async def list_open_invitations(
    connection: Connection, organisation_id: UUID, *, now: datetime, after: UUID | None = None, limit: int
) -> list[Invitation]:
    """Invitations that can still be accepted, in the order they were made, after the invitation `after`."""
    rows = await connection.fetch(
        f"""
        {INVITATION}
        WHERE i.organisation_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
          AND ($3::uuid IS NULL OR i.id > $3)
        ORDER BY i.id LIMIT $4
        """,
        organisation_id,
        now,
        after,
        limit,
    )
    return [Invitation(**dict(row)) for row in rows]


async def read_invitation(connection: Connection, invitation_id: UUID) -> Invitation:
    """One invitation in whatever state; raises `UnknownInvitation`."""
    row = await connection.fetchrow(f"{INVITATION} WHERE i.id = $1", invitation_id)
    if row is None:
        raise UnknownInvitation
    return Invitation(**dict(row))


async def read_member(connection: Connection, member_id: UUID) -> Member:
    """One member; raises `UnknownMember`."""
    row = await connection.fetchrow(f"{MEMBER} WHERE m.id = $1", member_id)
    if row is None:
        raise UnknownMember
    return Member(**dict(row))
