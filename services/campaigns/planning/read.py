"""What the organiser's pages read: their offers, drafts included, and the pupils of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.access.actor import EVERY_ORGANISATION
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.planning.overview import ListedPupil, PlannedOffer
from shared.database import Connection


async def list_planned_offers(
    connection: Connection, *, organisation_id: UUID, now: datetime, after: UUID | None, limit: int
) -> list[PlannedOffer]:
    """The offers of an organisation (or of all) by their first day, past ones last, after the offer `after`."""
    rows = await connection.fetch(
        f"""
        WITH planned AS (
            SELECT id, ROW(coalesce(upper(busy) <= $1, false), coalesce(lower(busy), 'infinity'), id) AS place,
                   (SELECT min(deadline) FROM campaigns.registrations r
                    WHERE r.offer_id = offers.id AND r.status = 'held') AS answer_by
            FROM campaigns.offers
            WHERE $2::uuid = $3::uuid OR organisation_id = $2
        )
        SELECT planned.answer_by, listing.*
        FROM ({LISTING}) listing JOIN planned ON planned.id = listing.id
        WHERE $4::uuid IS NULL OR planned.place > (SELECT place FROM planned WHERE id = $4)
        ORDER BY planned.place LIMIT $5
        """,  # noqa: S608  # the columns are a constant of the catalogue
        now,
        organisation_id,
        EVERY_ORGANISATION,
        after,
        limit,
    )
    return [PlannedOffer(listing=_listing(row), answer_by=row["answer_by"]) for row in rows]


async def read_planned_offer(connection: Connection, *, organisation_id: UUID, slug: str) -> Listing:
    """One offer of an organisation by its slug, drafts included; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        f"{LISTING} WHERE o.slug = $1 AND ($2::uuid = $3::uuid OR o.organisation_id = $2)",
        slug,
        organisation_id,
        EVERY_ORGANISATION,
    )
    if row is None:
        raise UnknownOffer
    return _listing(row)


async def list_pupils(connection: Connection, offer_id: UUID, *, after: int, limit: int) -> list[ListedPupil]:
    """Who has a seat and who waits, in the order of their ranks, after the rank `after`."""
    rows = await connection.fetch(
        """
        SELECT r.id, r.rank, r.status, r.deadline, r.created_at, person.first_name, person.last_name, person.email,
               guardian.last_name AS guardian_name, guardian.email AS guardian_email, p.school_name, p.class_name,
               coalesce(g.name, '') AS "group",
               CASE WHEN r.status = 'waiting' THEN
                   before.waiting + count(*) FILTER (WHERE r.status = 'waiting') OVER (ORDER BY r.rank)
               END AS position
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        CROSS JOIN (SELECT count(*) AS waiting FROM campaigns.registrations
                    WHERE offer_id = $1 AND status = 'waiting' AND rank <= $2) before
        WHERE r.offer_id = $1 AND r.rank > $2 AND r.status IN ('waiting', 'held', 'confirmed')
        ORDER BY r.rank LIMIT $3
        """,
        offer_id,
        after,
        limit,
    )
    return [ListedPupil(**dict(row)) for row in rows]


def _listing(row: Any) -> Listing:
    fields = {name: value for name, value in row.items() if name != "answer_by"}
    return msgspec.convert({**fields, "days": msgspec.json.decode(row["days"])}, Listing)
