"""Accept an invitation: the address becomes an account, and its person a member."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.members.invitation import Invitation
from services.campaigns.organisations.members.read import read_invitation
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import speaking


async def accept_invitation(
    connection: Connection, *, invitation_id: UUID, first_name: str, last_name: str, now: datetime
) -> tuple[UUID, Invitation]:
    """The person who is a member now, and the invitation; who has an account keeps their name and their role.

    Two at once: the organisation's lock lets one through, the other finds it used. Raises `UnknownInvitation`,
    `InvitationEnded`.
    """
    asked = await read_invitation(connection, invitation_id)
    await lock_organisation(connection, asked.organisation_id)
    invitation = await read_invitation(connection, invitation_id)
    invitation.refuse_if_ended(now)
    person_id = await _account_of(connection, invitation, first_name, last_name, now)
    await connection.execute(
        """
        INSERT INTO campaigns.members (id, organisation_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person_id, organisation_id) DO NOTHING
        """,
        new_id(),
        invitation.organisation_id,
        person_id,
        invitation.role,
        now,
    )
    await connection.execute(
        "UPDATE campaigns.member_invitations SET accepted_at = $2 WHERE id = $1", invitation_id, now
    )
    with speaking("fr"):
        detail = ROLE_NAMES[invitation.role]
    await write_audit(
        connection,
        Actor(
            organisation_id=invitation.organisation_id,
            organisation=invitation.organisation,
            organisation_kind=invitation.organisation_kind,
            role=invitation.role,
            person_id=person_id,
        ),
        "accept_invitation",
        detail,
        now=now,
    )
    return person_id, invitation


async def _account_of(
    connection: Connection, invitation: Invitation, first_name: str, last_name: str, now: datetime
) -> UUID:
    """The account of the address, made where there is none; two organisations may invite one address at once."""
    made: UUID | None = await connection.fetchval(
        """
        INSERT INTO campaigns.accounts (person_id, email, created_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING person_id
        """,
        invitation.person_id,
        invitation.email,
        now,
    )
    if made is None:
        known: UUID = await connection.fetchval(
            "SELECT person_id FROM campaigns.accounts WHERE email = $1", invitation.email
        )
        return known
    await connection.execute(
        "UPDATE contract.people SET first_name = $2, last_name = $3 WHERE id = $1", made, first_name, last_name
    )
    return made
