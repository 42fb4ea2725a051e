"""What is read of the audit trail: of an organisation, a campaign or an offer, the newest first."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.database import Connection


class AuditLine(Struct, frozen=True, kw_only=True):
    """Who did what, when. `who` is a person's name, a token's, or empty for the installation and for time itself."""

    id: UUID
    occurred_at: datetime
    action: str
    detail: str
    who: str
    by_token: bool
    organisation: str
    offer_id: UUID | None
    offer: str
    offer_slug: str
    campaign_id: UUID | None


async def list_audit(
    connection: Connection,
    *,
    organisation_id: UUID | None = None,
    campaign_id: UUID | None = None,
    offer_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[AuditLine]:
    """The lines of the first of `offer_id`, `campaign_id`, `organisation_id` that is given, before the line `after`.

    Ids are made in the order of time, so they are the key of a page. Raises `ValueError` when none is given: nobody
    reads the journal of everybody.
    """
    column, subject = next(
        ((name, value) for name, value in (
            ("offer_id", offer_id), ("campaign_id", campaign_id), ("organisation_id", organisation_id)
        ) if value is not None),
        ("", None),
    )  # fmt: skip
    if not column:
        raise ValueError("a journal is of an offer, a campaign or an organisation")
    rows = await connection.fetch(
        f"""
        SELECT a.id, a.occurred_at, a.action, a.detail,
               coalesce(t.name, btrim(p.first_name || ' ' || p.last_name), '') AS who, t.id IS NOT NULL AS by_token,
               coalesce(o.name, '') AS organisation, a.offer_id, coalesce(f.title, '') AS offer,
               coalesce(f.slug, '') AS offer_slug, a.campaign_id
        FROM campaigns.audit a
        LEFT JOIN contract.people p ON p.id = a.person_id
        LEFT JOIN campaigns.api_tokens t ON t.id = a.api_token_id
        LEFT JOIN campaigns.organisations o ON o.id = a.organisation_id
        LEFT JOIN campaigns.offers f ON f.id = a.offer_id
        WHERE a.{column} = $1 AND ($2::uuid IS NULL OR a.id < $2)
        ORDER BY a.id DESC LIMIT $3
        """,  # noqa: S608  # one of the three names above
        subject,
        after,
        limit,
    )
    return [AuditLine(**dict(row)) for row in rows]
