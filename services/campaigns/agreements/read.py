"""What the campaigns' pages and JSON read: those an organisation carries or is asked to, one of them, its offers."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.agreements.campaign import UnknownCampaign
from services.campaigns.agreements.lock_campaign import CAMPAIGN, campaign_of_row
from services.campaigns.agreements.overview import CampaignLine, CampaignPage, Concern, Filling
from services.campaigns.agreements.partners.read import list_agreements
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from shared.database import Connection

# who sees a campaign: its lead, and the partners that have not left it; $1 is the organisation, $2 every one of them
SEEN = """
    ($1::uuid = $2::uuid OR c.lead_id = $1
     OR EXISTS (SELECT FROM campaigns.agreements a
                WHERE a.campaign_id = c.id AND a.organisation_id = $1 AND a.left_at IS NULL))
"""

# of the offers of one campaign, in a statement that selects from them
FILLING = """
    count(*) FILTER (WHERE status <> 'cancelled') AS offers,
    count(*) FILTER (WHERE status IN ('published', 'closed', 'over')) AS public,
    coalesce(sum(seats) FILTER (WHERE status IN ('published', 'closed', 'over')), 0)::bigint AS seats,
    coalesce(sum(taken) FILTER (WHERE status IN ('published', 'closed', 'over')), 0)::bigint AS taken,
    coalesce(sum(waiting) FILTER (WHERE status IN ('published', 'closed', 'over')), 0)::bigint AS waiting
"""


async def list_carried_campaigns(
    connection: Connection, actor: Actor, *, now: datetime, after: UUID | None, limit: int
) -> list[CampaignLine]:
    """The campaigns of an organisation, those to come by their first day, then past and cancelled ones."""
    rows = await connection.fetch(
        f"""
        WITH seen AS (
            SELECT c.id, ROW(c.cancelled_at IS NOT NULL OR upper(c.period) <= ($3 AT TIME ZONE 'Europe/Paris')::date,
                             lower(c.period), c.id) AS place
            FROM campaigns.campaigns c WHERE {SEEN}
        ), paged AS (
            SELECT id, place FROM seen
            WHERE $4::uuid IS NULL OR place > (SELECT place FROM seen WHERE id = $4) ORDER BY place LIMIT $5
        )
        SELECT c.id, c.slug, c.title, lower(c.period) AS first_day, upper(c.period) - 1 AS last_day,
               coalesce(lead.name, '') AS lead,
               c.cancelled_at IS NOT NULL AS cancelled, coalesce(p.version > c.agreed_version, false) AS second_round,
               asked.awaited, asked.partners, asked.mine, offered.*
        FROM paged JOIN campaigns.campaigns c ON c.id = paged.id
        LEFT JOIN campaigns.campaign_proposals p ON p.campaign_id = c.id
        LEFT JOIN campaigns.organisations lead ON lead.id = c.lead_id
        LEFT JOIN LATERAL (
            SELECT count(*) AS partners,
                   coalesce(array_agg(g.name ORDER BY g.name) FILTER (WHERE a.agreed_version < a.asked_version), '{{}}')
                       AS awaited,
                   max(CASE WHEN a.agreed_version >= a.asked_version THEN 'agreed'
                            WHEN a.declined_at IS NOT NULL THEN 'declined' ELSE 'awaited' END)
                       FILTER (WHERE a.organisation_id = $1) AS mine
            FROM campaigns.agreements a JOIN campaigns.organisations g ON g.id = a.organisation_id
            WHERE a.campaign_id = c.id AND a.left_at IS NULL
        ) asked ON true
        LEFT JOIN LATERAL (
            SELECT {FILLING} FROM campaigns.offers WHERE campaign_id = c.id
        ) offered ON true
        ORDER BY paged.place
        """,  # noqa: S608  # the condition is a constant of this module
        actor.organisation_id,
        EVERY_ORGANISATION,
        now,
        after,
        limit,
    )
    return [CampaignLine(**{**row, "awaited": tuple(row["awaited"])}) for row in rows]


async def read_carried_campaign(connection: Connection, actor: Actor, *, name: str | UUID) -> CampaignPage:
    """A campaign by its slug or id with its agreements; raises `UnknownCampaign` where it is not the actor's."""
    row = await connection.fetchrow(
        f"{CAMPAIGN} WHERE {'c.id' if isinstance(name, UUID) else 'c.slug'} = $3 AND {SEEN}",
        actor.organisation_id,
        EVERY_ORGANISATION,
        name,
    )
    if row is None:
        raise UnknownCampaign
    campaign = campaign_of_row(row)
    return CampaignPage(
        campaign=campaign, agreements=tuple(await list_agreements(connection, campaign.id)), actor=actor
    )


async def list_offers_of_campaign(
    connection: Connection, campaign_id: UUID, *, after: UUID | None, limit: int
) -> list[tuple[UUID, Listing]]:
    """Every offer of a campaign with whose it is, drafts included, by first day, after the offer `after`."""
    rows = await connection.fetch(
        f"""
        WITH planned AS (
            SELECT o.id, o.organisation_id,
                   ROW(o.status = 'cancelled', coalesce(lower(o.busy), 'infinity'), o.id) AS place
            FROM campaigns.offers o
            WHERE o.campaign_id = $1
              -- the drafts of who has left are nobody's any more
              AND (o.status <> 'draft' OR NOT EXISTS (
                  SELECT FROM campaigns.agreements a
                  WHERE a.campaign_id = $1 AND a.organisation_id = o.organisation_id AND a.left_at IS NOT NULL))
        ), page AS (
            SELECT * FROM planned
            WHERE $2::uuid IS NULL OR place > (SELECT place FROM planned WHERE id = $2) ORDER BY place LIMIT $3
        )
        SELECT page.organisation_id, listing.* FROM ({LISTING}) listing JOIN page ON page.id = listing.id
        ORDER BY page.place
        """,  # noqa: S608  # the columns are a constant of the catalogue
        campaign_id,
        after,
        limit,
    )
    return [(row["organisation_id"], _listing(row)) for row in rows]


async def read_filling(connection: Connection, campaign_id: UUID) -> Filling:
    """How a campaign fills, over the offers of all."""
    row = await connection.fetchrow(
        f"SELECT {FILLING} FROM campaigns.offers WHERE campaign_id = $1",  # noqa: S608  # a constant of this module
        campaign_id,
    )
    return Filling(**dict(row)) if row else Filling(offers=0, public=0, seats=0, taken=0, waiting=0)


async def count_concerned(
    connection: Connection, campaign_id: UUID, *, now: datetime, organisation_id: UUID | None = None
) -> Concern:
    """Whom it concerns when an organisation's offers of a campaign, or all of them, are cancelled."""
    row = await connection.fetchrow(
        """
        SELECT count(DISTINCT o.id) AS offers, count(DISTINCT r.pupil_id) AS pupils
        FROM campaigns.offers o
        LEFT JOIN campaigns.registrations r ON r.offer_id = o.id AND r.status IN ('waiting', 'held', 'confirmed')
        WHERE o.campaign_id = $1 AND ($2::uuid IS NULL OR o.organisation_id = $2)
          AND o.status IN ('published', 'closed') AND coalesce(upper(o.busy) > $3, true)
        """,
        campaign_id,
        organisation_id,
        now,
    )
    return Concern(row["offers"], row["pupils"]) if row else Concern(0, 0)


async def search_organisations(connection: Connection, text: str, *, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Organisations whose name holds the text, or whose SIRET or UAI it is: id, name, kind. A child's own school is
    no secret; people are not searched.
    """
    rows = await connection.fetch(
        """
        SELECT id, name, kind FROM campaigns.organisations
        WHERE strpos(lower(name), lower($1)) > 0 OR siret = $2 OR uai = upper($2)
        ORDER BY strpos(lower(name), lower($1)) = 1 DESC, name, id LIMIT $3
        """,
        text,
        "".join(text.split()),
        limit,
    )
    return [(row["id"], row["name"], row["kind"]) for row in rows]


def _listing(row: Any) -> Listing:
    fields = {name: value for name, value in row.items() if name != "organisation_id"}
    return msgspec.convert({**fields, "days": msgspec.json.decode(row["days"])}, Listing)
