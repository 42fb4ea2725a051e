"""What is read of an organisation's API tokens."""

from datetime import datetime
from uuid import UUID

from services.campaigns.organisations.tokens.api_token import ApiToken
from shared.database import Connection


async def list_tokens(
    connection: Connection, organisation_id: UUID, *, now: datetime, after: UUID | None = None, limit: int
) -> list[ApiToken]:
    """The tokens in use, in the order they were made, after the token `after`; ended and revoked ones are left out."""
    rows = await connection.fetch(
        """
        SELECT t.id, t.name, t.role, coalesce(btrim(p.first_name || ' ' || p.last_name), '') AS created_by,
               t.created_by IS NOT NULL AND NOT EXISTS (
                   SELECT FROM campaigns.members m
                   WHERE m.person_id = t.created_by AND m.organisation_id = t.organisation_id) AS creator_left,
               t.created_at, t.expires_at, t.last_used_at
        FROM campaigns.api_tokens t LEFT JOIN contract.people p ON p.id = t.created_by
        WHERE t.organisation_id = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
          AND ($3::uuid IS NULL OR t.id > $3)
        ORDER BY t.id LIMIT $4
        """,
        organisation_id,
        now,
        after,
        limit,
    )
    return [ApiToken(**dict(row)) for row in rows]
