"""Propose a campaign: its words stand, the organisation that leads has agreed, partners may be invited."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.campaigns.agreements.campaign import CampaignExists, Wording
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from shared.database import Connection
from shared.identifiers import new_id


async def propose_campaign(
    connection: Connection, *, lead_id: UUID, wording: Wording, now: datetime
) -> tuple[UUID, str]:
    """The id and the slug of the new campaign. The lead's agreement is given with it; raises `CampaignExists`.

    One at a time gets its slug, as imports do, so that it is free.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    period = asyncpg.Range(wording.first_day, wording.last_day, lower_inc=True, upper_inc=True)
    exists = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.campaigns c
                       LEFT JOIN campaigns.campaign_proposals p ON p.campaign_id = c.id
                       WHERE c.lead_id = $1 AND c.cancelled_at IS NULL
                         AND coalesce(p.title, c.title) = $2 AND coalesce(p.period, c.period) = $3)
        """,
        lead_id,
        wording.title,
        period,
    )
    if exists:
        raise CampaignExists(wording.title)
    slug = await find_free_slug(connection, wording.title)
    campaign_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.campaigns
            (id, slug, title, presentation, period, departements, lead_id, agreed_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
        """,
        campaign_id,
        slug,
        wording.title,
        wording.presentation,
        period,
        list(wording.departements),
        lead_id,
    )
    await connection.executemany(
        "INSERT INTO campaigns.campaign_sectors (campaign_id, sector, label) VALUES ($1, $2, $3)",
        [(campaign_id, chosen.sector, chosen.label) for chosen in wording.sectors],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.campaign_proposals
            (campaign_id, version, title, presentation, period, departements, sectors, proposed_at)
        VALUES ($1, 1, $2, $3, $4, $5, $6::jsonb, $7)
        """,
        campaign_id,
        wording.title,
        wording.presentation,
        period,
        list(wording.departements),
        msgspec.json.encode(wording.sectors).decode(),
        now,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.agreements
            (campaign_id, organisation_id, agreed_at, answered_at, asked_at, asked_version, agreed_version)
        VALUES ($1, $2, $3, $3, $3, 1, 1)
        """,
        campaign_id,
        lead_id,
        now,
    )
    return campaign_id, slug
