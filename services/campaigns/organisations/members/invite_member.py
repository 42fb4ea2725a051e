"""Invite somebody to act for an organisation; the notice goes out with the transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.members.invitation import (
    INVITATION_LIFE,
    OPEN_AT_MOST,
    PER_ADDRESS_AND_DAY,
    AlreadyInvited,
    AlreadyMember,
    InvitationForm,
    InvitedTooOften,
    TooManyInvitations,
)
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import speaking
from shared.notices import MemberInvited
from shared.outbox import append_events


async def invite_member(
    connection: Connection, *, actor: Actor, organisation_id: UUID, form: InvitationForm, now: datetime
) -> UUID:
    """The invitation's id, open for seven days; its mail names who invites.

    An ended one of the same address is put away first. Raises `UnknownOrganisation`, `AlreadyMember`,
    `AlreadyInvited`, `TooManyInvitations`, `InvitedTooOften`.
    """
    organisation = await lock_organisation(connection, organisation_id)
    await _refuse(connection, organisation_id, form.email, now)
    invitation_id, expires_at = new_id(), now + INVITATION_LIFE
    person_id = await _person_of(connection, form.email)
    await connection.execute(
        """
        INSERT INTO campaigns.member_invitations
            (id, organisation_id, person_id, email, role, invited_by, invited_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        invitation_id,
        organisation_id,
        person_id,
        form.email,
        form.role,
        actor.person_id,
        now,
        expires_at,
    )
    notice = MemberInvited(
        occurred_at=now,
        recipients=(person_id,),
        invitation_id=invitation_id,
        organisation=organisation.name,
        role=form.role,
        invited_by=actor.name,
        expires_at=expires_at,
    )
    await append_events(connection, [notice])
    with speaking("fr"):
        detail = f"{form.email} : {ROLE_NAMES[form.role]}"
    await write_audit(connection, actor, "invite_member", detail, now=now, organisation_id=organisation_id)
    return invitation_id


async def _refuse(connection: Connection, organisation_id: UUID, email: str, now: datetime) -> None:
    if await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.members m JOIN campaigns.accounts a ON a.person_id = m.person_id
                       WHERE m.organisation_id = $1 AND a.email = $2)
        """,
        organisation_id,
        email,
    ):
        raise AlreadyMember
    await connection.execute(
        """
        UPDATE campaigns.member_invitations SET revoked_at = $2
        WHERE organisation_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= $2
        """,
        organisation_id,
        now,
    )
    opened = await connection.fetch(
        """
        SELECT email FROM campaigns.member_invitations
        WHERE organisation_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL
        """,
        organisation_id,
    )
    if any(row["email"] == email for row in opened):
        raise AlreadyInvited
    if len(opened) >= OPEN_AT_MOST:
        raise TooManyInvitations
    sent = await connection.fetchval(
        """
        SELECT count(*) FROM campaigns.member_invitations
        WHERE organisation_id = $1 AND email = $2 AND invited_at > $3
        """,
        organisation_id,
        email,
        now - timedelta(days=1),
    )
    if sent >= PER_ADDRESS_AND_DAY:
        raise InvitedTooOften


async def _person_of(connection: Connection, email: str) -> UUID:
    """Whose address it is: an account's, else of an earlier invitation, else somebody new who will say their name."""
    known: UUID | None = await connection.fetchval(
        """
        SELECT coalesce(
            (SELECT person_id FROM campaigns.accounts WHERE email = $1),
            (SELECT person_id FROM campaigns.member_invitations WHERE email = $1 ORDER BY id DESC LIMIT 1))
        """,
        email,
    )
    if known is not None:
        return known
    person_id = new_id()
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', '', $2)", person_id, email
    )
    return person_id
