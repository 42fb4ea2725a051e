"""Revoke an API token: from this moment on it opens nothing."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.tokens.api_token import UnknownToken
from shared.database import Connection


async def revoke_token(
    connection: Connection, *, actor: Actor, organisation_id: UUID, token_id: UUID, now: datetime
) -> str:
    """The token's name; raises `UnknownToken` for one that is revoked already or not the organisation's."""
    name: str | None = await connection.fetchval(
        """
        UPDATE campaigns.api_tokens SET revoked_at = $3
        WHERE id = $1 AND organisation_id = $2 AND revoked_at IS NULL RETURNING name
        """,
        token_id,
        organisation_id,
        now,
    )
    if name is None:
        raise UnknownToken
    await write_audit(connection, actor, "revoke_token", f"« {name} »", now=now, organisation_id=organisation_id)
    return name
