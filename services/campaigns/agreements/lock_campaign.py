"""Lock a campaign: every verb about its words and its partners begins here, and locks no offer while it holds it."""

from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.agreements.campaign import (
    ChosenSector,
    LockedCampaign,
    UnknownCampaign,
    Wording,
    say_changes,
)
from services.campaigns.agreements.partners.read import names_of_sectors
from shared.database import Connection
from shared.languages import speaking

# What is shown, and the proposal beside it; a campaign that was imported has no proposal: it proposes what is shown.
CAMPAIGN = """
    SELECT c.id, c.slug, c.lead_id, coalesce(lead.name, '') AS lead, c.cancelled_at IS NOT NULL AS cancelled,
           c.agreed_version, c.title, c.presentation, c.departements,
           lower(c.period) AS first_day, upper(c.period) - 1 AS last_day,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('sector', s.sector, 'label', s.label) ORDER BY s.sector), '[]')
            FROM campaigns.campaign_sectors s WHERE s.campaign_id = c.id) AS sectors,
           coalesce(p.version, c.agreed_version) AS version, coalesce(p.changes, '{}') AS changes,
           coalesce(p.title, c.title) AS new_title, coalesce(p.presentation, c.presentation) AS new_presentation,
           coalesce(p.departements, c.departements) AS new_departements,
           lower(coalesce(p.period, c.period)) AS new_first_day,
           upper(coalesce(p.period, c.period)) - 1 AS new_last_day,
           p.sectors AS new_sectors
    FROM campaigns.campaigns c
    LEFT JOIN campaigns.campaign_proposals p ON p.campaign_id = c.id
    LEFT JOIN campaigns.organisations lead ON lead.id = c.lead_id
"""


async def lock_campaign(connection: Connection, campaign_id: UUID) -> LockedCampaign:
    """Lock the campaign's row until the transaction ends and read it; raises `UnknownCampaign`.

    Against it, `publish_offer` takes a shared lock: nobody is invited while an offer is being published.
    """
    # two statements: what is read in the locking one is of before the lock
    await connection.execute("SELECT FROM campaigns.campaigns WHERE id = $1 FOR NO KEY UPDATE", campaign_id)
    row = await connection.fetchrow(f"{CAMPAIGN} WHERE c.id = $1", campaign_id)
    if row is None:
        raise UnknownCampaign
    campaign = campaign_of_row(row)
    if not campaign.changes:
        return campaign
    names = await names_of_sectors(connection)
    with speaking("en"):
        changes = say_changes(campaign.agreed, campaign.proposed, names)
    return msgspec.structs.replace(campaign, changes_en=changes)


def campaign_of_row(row: Any) -> LockedCampaign:
    """A row of `CAMPAIGN` as the noun."""
    sectors = msgspec.json.decode(row["sectors"], type=tuple[ChosenSector, ...])
    proposed = row["new_sectors"]
    return LockedCampaign(
        id=row["id"],
        slug=row["slug"],
        lead_id=row["lead_id"],
        lead=row["lead"],
        agreed_version=row["agreed_version"],
        version=row["version"],
        agreed=Wording(
            title=row["title"],
            presentation=row["presentation"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            departements=tuple(row["departements"]),
            sectors=sectors,
        ),
        proposed=Wording(
            title=row["new_title"],
            presentation=row["new_presentation"],
            first_day=row["new_first_day"],
            last_day=row["new_last_day"],
            departements=tuple(row["new_departements"]),
            sectors=msgspec.json.decode(proposed, type=tuple[ChosenSector, ...]) if proposed else sectors,
        ),
        changes=tuple(row["changes"]),
        cancelled=row["cancelled"],
    )
