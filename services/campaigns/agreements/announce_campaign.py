"""Announce a campaign: its members and its partners' are told, once, that its first offers are public. Called by the
clock.
"""

from datetime import datetime, timedelta
from uuid import UUID

from shared.advance_notices import CampaignPublished
from shared.database import Connection
from shared.outbox import append_events

# offers are published one after the other: the mail counts those of the first quarter of an hour
WAIT = timedelta(minutes=15)


async def find_campaigns_to_announce(connection: Connection, *, now: datetime) -> list[UUID]:
    """Campaigns with an offer that has been public for a while, which nobody was told of."""
    rows = await connection.fetch(
        """
        SELECT c.id FROM campaigns.campaigns c
        WHERE c.announced_at IS NULL AND c.cancelled_at IS NULL
          AND upper(c.period) > ($1::timestamptz AT TIME ZONE 'Europe/Paris')::date
          AND EXISTS (SELECT FROM campaigns.offers o JOIN contract.events e ON e.offer_id = o.id
                      WHERE o.campaign_id = c.id AND o.status = 'published'
                        AND e.tag = 'offer.published' AND e.occurred_at <= $1::timestamptz - $2::interval)
        LIMIT 50
        """,
        now,
        WAIT,
    )
    return [row["id"] for row in rows]


async def announce_campaign(connection: Connection, *, campaign_id: UUID, now: datetime) -> int:
    """Tell the members of who carries it; how many (0: another process was first, or it has no members)."""
    campaign = await connection.fetchrow(
        """
        UPDATE campaigns.campaigns c SET announced_at = $2
        WHERE c.id = $1 AND c.announced_at IS NULL AND c.cancelled_at IS NULL
        RETURNING c.title, c.slug, c.lead_id, lower(c.period) AS first, upper(c.period) - 1 AS last
        """,
        campaign_id,
        now,
    )
    if campaign is None:
        return 0
    carried_by = await connection.fetch(
        """
        SELECT g.id, g.name FROM campaigns.organisations g
        WHERE g.id = $2 OR g.id IN (SELECT a.organisation_id FROM campaigns.agreements a
                                    WHERE a.campaign_id = $1 AND a.agreed_version > 0 AND a.left_at IS NULL)
        ORDER BY g.name
        """,
        campaign_id,
        campaign["lead_id"],
    )
    members = await connection.fetch(
        """
        SELECT DISTINCT m.person_id FROM campaigns.members m
        JOIN contract.people p ON p.id = m.person_id AND p.email IS NOT NULL AND p.erased_at IS NULL
        WHERE m.organisation_id = ANY($1::uuid[]) ORDER BY m.person_id
        """,
        [row["id"] for row in carried_by],
    )
    if not members:
        return 0
    offers = await connection.fetchval(
        "SELECT count(*) FROM campaigns.offers WHERE campaign_id = $1 AND status = 'published'", campaign_id
    )
    notice = CampaignPublished(
        occurred_at=now,
        recipients=tuple(row["person_id"] for row in members),
        campaign=campaign["title"],
        campaign_id=campaign_id,
        slug=campaign["slug"],
        lead=next((row["name"] for row in carried_by if row["id"] == campaign["lead_id"]), ""),
        first=campaign["first"],
        last=campaign["last"],
        offers=offers,
        partners=tuple(row["name"] for row in carried_by if row["id"] != campaign["lead_id"]),
    )
    await append_events(connection, [notice])
    return len(members)
