"""What the catalogue reads: public offers with their days and seats, and the campaigns they belong to."""

from typing import Any

import msgspec

from services.campaigns.catalogue.listing import Campaign, Listing
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection

# personal data is kept for thirteen months from the campaign's last day, unless the campaign says otherwise
LISTING = """
    SELECT o.id, o.slug, o.campaign_id, campaign.title AS campaign, organisation.name AS organisation, o.kind,
           o.audience, o.grades, o.departements, o.school_uais,
           o.title, o.summary, o.city, o.contact, o.status, o.opens_at, o.closes_at, o.seats, o.taken,
           o.waiting, lower(o.busy) AS starts_at, upper(o.busy) AS ends_at, coalesce(o.kept, 0) AS kept,
           o.kept IS NOT NULL AND EXISTS (SELECT FROM campaigns.quotas q WHERE q.offer_id = o.id AND q.without_host
                                                  AND q.released_at IS NULL) AS kept_for_hostless,
           (upper(campaign.period) - 1 + make_interval(months => campaign.keep_months))::date AS keeps_until,
           coalesce(held.count, 0) AS held, coalesce(days.list, '[]') AS days
    FROM campaigns.offers o
    JOIN campaigns.organisations organisation ON organisation.id = o.organisation_id
    JOIN campaigns.campaigns campaign ON campaign.id = o.campaign_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS count FROM campaigns.registrations r
        WHERE r.offer_id = o.id AND r.status = 'held' AND o.taken > 0
    ) held ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('date', d.date, 'label', coalesce(s.label, ''),
                                            'family', coalesce(s.family, '')) ORDER BY d.date) AS list
        FROM campaigns.days d LEFT JOIN campaigns.sectors s ON s.code = d.sector
        WHERE d.offer_id = o.id
    ) days ON true
"""


async def read_listing(connection: Connection, slug: str) -> Listing:
    """One public offer by the slug in its address; raises `UnknownOffer`."""
    row = await connection.fetchrow(f"{LISTING} WHERE o.slug = $1 AND o.status <> 'draft'", slug)
    if row is None:
        raise UnknownOffer
    return _listing(row)


async def list_campaigns(connection: Connection) -> list[Campaign]:
    """Campaigns with a public offer, by their first day; with the organisations that have agreed."""
    rows = await connection.fetch(
        """
        SELECT c.id, c.slug, c.title, c.presentation, lower(c.period) AS first_day, upper(c.period) - 1 AS last_day,
               ARRAY(SELECT g.name
                     FROM campaigns.agreements a JOIN campaigns.organisations g ON g.id = a.organisation_id
                     WHERE a.campaign_id = c.id AND a.agreed_at IS NOT NULL AND a.left_at IS NULL
                     ORDER BY g.name) AS organisations,
               (SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'date', lower(c.period), 'label', coalesce(nullif(l.label, ''), s.label),
                           'family', s.family) ORDER BY s.label), '[]')
                FROM campaigns.campaign_sectors l JOIN campaigns.sectors s ON s.code = l.sector
                WHERE l.campaign_id = c.id) AS sectors
        FROM campaigns.campaigns c
        WHERE c.cancelled_at IS NULL
          AND EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.status <> 'draft')
        ORDER BY lower(c.period), c.id
        """
    )
    return [msgspec.convert(_decoded(row, "sectors"), Campaign) for row in rows]


def _listing(row: Any) -> Listing:
    return msgspec.convert(_decoded(row, "days"), Listing)


def _decoded(row: Any, column: str) -> dict[str, Any]:
    return {**row, column: msgspec.json.decode(row[column])}
