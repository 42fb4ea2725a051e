"""What is read of announcements: campaigns that can be announced, whom one would reach, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.announcing.announcement import (
    AnnouncedCampaign,
    Announcement,
    Choice,
    Progress,
    UnknownAnnouncement,
)
from services.campaigns.announcing.correspondents.correspondent import MESSAGES
from services.campaigns.announcing.correspondents.read import list_correspondents
from services.campaigns.announcing.reach import Reach, Surroundings, reach
from services.campaigns.catalogue.finding.map_drawing import place_towns
from services.campaigns.catalogue.finding.read import list_towns
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from services.campaigns.look.words import local_day
from shared.database import Connection

# $1 is the organisation, $2 today: what it carries, or offers something in
CAMPAIGN = """
    SELECT c.id, c.slug, c.title, lower(c.period) AS first, upper(c.period) - 1 AS last
    FROM campaigns.campaigns c
    WHERE c.cancelled_at IS NULL AND upper(c.period) > $2
      AND EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.status = 'published')
      AND (c.lead_id = $1
           OR EXISTS (SELECT FROM campaigns.agreements a WHERE a.campaign_id = c.id AND a.organisation_id = $1
                      AND a.agreed_at IS NOT NULL AND a.left_at IS NULL)
           OR EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.organisation_id = $1
                      AND o.status = 'published'))
"""
ANNOUNCEMENT = """
    SELECT a.id, a.campaign_id, c.title AS campaign, c.slug AS campaign_slug, a.kilometres, a.departement, a.roles,
           a.word, a.made_at, a.batches, a.next_at, a.stopped_at, a.stopped_why, a.ended_at
    FROM campaigns.announcements a JOIN campaigns.campaigns c ON c.id = a.campaign_id
"""


async def list_campaigns_to_announce(
    connection: Connection, organisation_id: UUID, *, now: datetime
) -> list[AnnouncedCampaign]:
    """Those an organisation carries that have something public and are not over, by their first day."""
    rows = await connection.fetch(
        f"{CAMPAIGN} ORDER BY lower(c.period), c.id LIMIT 50", organisation_id, local_day(now)
    )
    return [AnnouncedCampaign(**dict(row)) for row in rows]


async def read_campaign_to_announce(
    connection: Connection, organisation_id: UUID, name: str | UUID, *, now: datetime
) -> AnnouncedCampaign | None:
    """One of them by its slug or id."""
    row = await connection.fetchrow(
        f"{CAMPAIGN} AND {'c.id' if isinstance(name, UUID) else 'c.slug'} = $3", organisation_id, local_day(now), name
    )
    return AnnouncedCampaign(**dict(row)) if row else None


async def read_reach(
    connection: Connection, *, organisation_id: UUID, campaign_id: UUID, choice: Choice, now: datetime
) -> Reach:
    """Whom an announcement would reach at this moment."""
    rows = await connection.fetch(
        f"{LISTING} WHERE o.campaign_id = $1 AND o.status = 'published' AND o.audience = 'pupils'", campaign_id
    )
    listings = [msgspec.convert({**row, "days": msgspec.json.decode(row["days"])}, Listing) for row in rows]
    towns = await list_towns(connection, now)
    told = await connection.fetch(
        """
        SELECT c.person_id FROM campaigns.correspondents c
        JOIN campaigns.announced a ON a.campaign_id = $2 AND a.mark = c.mark
        WHERE c.organisation_id = $1
        """,
        organisation_id,
        campaign_id,
    )
    return reach(
        await list_correspondents(connection, organisation_id),
        {row["person_id"] for row in told},
        choice,
        Surroundings(
            listings=listings,
            towns=place_towns([(town.name, town.offers, town.latitude, town.longitude) for town in towns]),
            now=now,
        ),
    )


async def list_announcements(
    connection: Connection, organisation_id: UUID, *, after: UUID | None, limit: int
) -> list[Announcement]:
    """An organisation's, the newest first."""
    rows = await connection.fetch(
        f"{ANNOUNCEMENT} WHERE a.organisation_id = $1 AND ($2::uuid IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3",
        organisation_id,
        after,
        limit,
    )
    return [announcement_of(row) for row in rows]


async def read_announcement(connection: Connection, organisation_id: UUID, announcement_id: UUID) -> Announcement:
    """One of them; raises `UnknownAnnouncement`."""
    row = await connection.fetchrow(
        f"{ANNOUNCEMENT} WHERE a.organisation_id = $1 AND a.id = $2", organisation_id, announcement_id
    )
    if row is None:
        raise UnknownAnnouncement
    return announcement_of(row)


async def read_progress(connection: Connection, announcement_id: UUID, *, batch: int | None = None) -> Progress:
    """What became of its mails, or of those of one batch."""
    return await count_mails(
        connection,
        """
        SELECT event_id, person_id FROM campaigns.announced
        WHERE announcement_id = $2 AND ($3::int IS NULL OR batch = $3)
        """,
        announcement_id,
        batch,
    )


async def count_mails(connection: Connection, told: str, *asked: object) -> Progress:
    """What became of mails of this room. `told` selects event_id and person_id by what is `asked`, from $2 on.

    What nobody has planned yet waits.
    """
    row = await connection.fetchrow(
        f"""
        SELECT count(*)::int AS told,
               (count(*) FILTER (WHERE d.state IS NULL OR d.state IN ('due', 'sending')))::int AS waiting,
               (count(*) FILTER (WHERE d.state = 'sent'))::int AS sent,
               (count(*) FILTER (WHERE d.state = 'sent' AND s.delivery_id IS NULL))::int AS delivered,
               (count(*) FILTER (WHERE d.state = 'failed' OR d.state = 'sent' AND s.delivery_id IS NOT NULL))::int
                   AS failed,
               (count(*) FILTER (WHERE d.state IN ('superseded', 'suppressed')))::int AS withheld,
               (count(*) FILTER (WHERE EXISTS (
                   SELECT FROM contract.unwanted u WHERE u.person_id = told.person_id AND u.message = ANY($1::text[])
               )))::int AS unsubscribed
        FROM ({told}) told
        LEFT JOIN contract.deliveries d ON d.event_id = told.event_id AND d.recipient_id = told.person_id
        LEFT JOIN contract.suppressions s ON s.delivery_id = d.id
        """,  # noqa: S608  # the two callers' own statements
        list(MESSAGES),
        *asked,
    )
    return Progress(**dict(row)) if row else Progress()


def announcement_of(row: Any) -> Announcement:
    """A row of `ANNOUNCEMENT`."""
    return Announcement(**{**row, "roles": tuple(row["roles"])})
