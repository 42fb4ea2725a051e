"""Create an API token for an organisation; its secret is given once and its hash kept."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES
from services.campaigns.access.read import hash_of
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.tokens.api_token import TOKENS_AT_MOST, TokenForm, TooManyTokens, new_secret
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import speaking


async def create_token(
    connection: Connection, *, actor: Actor, organisation_id: UUID, form: TokenForm, now: datetime
) -> tuple[UUID, str]:
    """The token's id and its secret; raises `UnknownOrganisation`, `TooManyTokens`."""
    await lock_organisation(connection, organisation_id)
    in_use = await connection.fetchval(
        """
        SELECT count(*) FROM campaigns.api_tokens
        WHERE organisation_id = $1 AND revoked_at IS NULL AND expires_at > $2
        """,
        organisation_id,
        now,
    )
    if in_use >= TOKENS_AT_MOST:
        raise TooManyTokens
    token_id, secret = new_id(), new_secret()
    await connection.execute(
        """
        INSERT INTO campaigns.api_tokens
            (id, secret_hash, organisation_id, name, role, created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        token_id,
        hash_of(secret),
        organisation_id,
        form.name,
        form.role,
        actor.person_id,
        now,
        form.expires_at,
    )
    with speaking("fr"):
        detail = f"« {form.name} » : {ROLE_NAMES[form.role]}"
    await write_audit(connection, actor, "create_token", detail, now=now, organisation_id=organisation_id)
    return token_id, secret
