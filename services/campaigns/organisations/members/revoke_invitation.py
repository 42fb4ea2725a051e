"""Revoke an invitation: its link ends."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.members.invitation import UnknownInvitation
from shared.database import Connection


async def revoke_invitation(
    connection: Connection, *, actor: Actor, organisation_id: UUID, invitation_id: UUID, now: datetime
) -> str:
    """The address it was sent to; raises `UnknownInvitation` for one that is not open or not the organisation's.

    Under the organisation's lock, as accepting is: an invitation is accepted or taken back, never both.
    """
    await lock_organisation(connection, organisation_id)
    email: str | None = await connection.fetchval(
        """
        UPDATE campaigns.member_invitations SET revoked_at = $3
        WHERE id = $1 AND organisation_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL
        RETURNING email
        """,
        invitation_id,
        organisation_id,
        now,
    )
    if email is None:
        raise UnknownInvitation
    await write_audit(connection, actor, "revoke_invitation", email, now=now, organisation_id=organisation_id)
    return email
