"""Bring in a campaign: its words, its period, its sectors, and the agreements its organisations have given."""

from uuid import UUID

import asyncpg

from services.campaigns.imports.fault import FileRefused, Findings
from services.campaigns.imports.name_organisations import name_organisations
from services.campaigns.imports.programme_file import CampaignFile, Place
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import _


async def import_campaign(connection: Connection, campaign: CampaignFile, findings: Findings) -> UUID:
    """The campaign's id. A second time changes what the file says differently; an agreement is never taken back."""
    if await _slug_is_taken(connection, campaign.slug):
        findings.fault(
            0, "", _("« {title} » porte déjà le nom d’une offre ou d’une organisation.", title=campaign.title)
        )
        raise FileRefused(*findings.faults)
    period = asyncpg.Range(campaign.first_day, campaign.last_day, lower_inc=True, upper_inc=True)
    campaign_id: UUID = await connection.fetchval(
        """
        WITH written AS (
            INSERT INTO campaigns.campaigns (id, slug, title, presentation, period, departements)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (slug) DO UPDATE
            SET title = excluded.title, presentation = excluded.presentation, period = excluded.period,
                departements = excluded.departements
            WHERE (campaigns.title, campaigns.presentation, campaigns.period, campaigns.departements)
                IS DISTINCT FROM (excluded.title, excluded.presentation, excluded.period, excluded.departements)
            RETURNING id
        )
        SELECT id FROM written UNION ALL SELECT id FROM campaigns.campaigns WHERE slug = $2 LIMIT 1
        """,
        new_id(),
        campaign.slug,
        campaign.title,
        campaign.presentation,
        period,
        list(campaign.departements),
    )
    await connection.executemany(
        """
        INSERT INTO campaigns.campaign_sectors (campaign_id, sector, label) VALUES ($1, $2, $3)
        ON CONFLICT (campaign_id, sector) DO UPDATE SET label = excluded.label
        WHERE campaign_sectors.label <> excluded.label
        """,
        [(campaign_id, code, label) for code, label in campaign.sectors],
    )
    named = [(partner.organisation, Place(0)) for partner in campaign.partners]
    organisations = await name_organisations(connection, named, offer_id=None, findings=findings)
    await connection.executemany(
        """
        INSERT INTO campaigns.agreements (campaign_id, organisation_id, agreed_at, agreed_version)
        VALUES ($1, $2, $3, CASE WHEN $3::timestamptz IS NULL THEN 0 ELSE 1 END)
        ON CONFLICT (campaign_id, organisation_id) DO UPDATE
        SET agreed_at = excluded.agreed_at, agreed_version = agreements.asked_version
        WHERE agreements.agreed_at IS NULL AND excluded.agreed_at IS NOT NULL
        """,
        [(campaign_id, organisations[partner.organisation].id, partner.agreed_at) for partner in campaign.partners],
    )
    if campaign.partners:
        # the first named leads, where nobody does yet
        await connection.execute(
            "UPDATE campaigns.campaigns SET lead_id = $2 WHERE id = $1 AND lead_id IS NULL",
            campaign_id,
            organisations[campaign.partners[0].organisation].id,
        )
    return campaign_id


async def _slug_is_taken(connection: Connection, slug: str) -> bool:
    """Whether something else than a campaign has the public feed of this name."""
    taken: bool = await connection.fetchval(
        """
        SELECT $1 LIKE 'secteur-%'
            OR EXISTS (SELECT FROM campaigns.offers WHERE slug = $1)
            OR EXISTS (SELECT FROM campaigns.organisations WHERE slug = $1)
        """,
        slug,
    )
    return taken
