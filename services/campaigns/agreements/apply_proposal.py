"""Apply a proposal: once the last partner has agreed to it, it is what everybody sees."""

from datetime import datetime

import asyncpg

from services.campaigns.agreements.campaign import LockedCampaign
from services.campaigns.agreements.partners.agreement import Agreement
from shared.database import Connection


async def apply_proposal(
    connection: Connection, campaign: LockedCampaign, agreements: list[Agreement], *, now: datetime
) -> bool:
    """Show the newest version of a locked campaign if all its partners (as just read) have agreed to it.

    Whoever joined during the round carries the campaign from now on. True when it was applied now.
    """
    partners = [agreement for agreement in agreements if agreement.state != "left"]
    if campaign.version == campaign.agreed_version or any(one.agreed_version < campaign.version for one in partners):
        return False
    wording = campaign.proposed
    await connection.execute(
        """
        UPDATE campaigns.campaigns
        SET title = $2, presentation = $3, period = $4, departements = $5, agreed_version = $6
        WHERE id = $1
        """,
        campaign.id,
        wording.title,
        wording.presentation,
        asyncpg.Range(wording.first_day, wording.last_day, lower_inc=True, upper_inc=True),
        list(wording.departements),
        campaign.version,
    )
    await connection.execute("DELETE FROM campaigns.campaign_sectors WHERE campaign_id = $1", campaign.id)
    await connection.executemany(
        "INSERT INTO campaigns.campaign_sectors (campaign_id, sector, label) VALUES ($1, $2, $3)",
        [(campaign.id, chosen.sector, chosen.label) for chosen in wording.sectors],
    )
    await connection.execute(
        """
        UPDATE campaigns.agreements SET agreed_at = $2
        WHERE campaign_id = $1 AND agreed_at IS NULL AND left_at IS NULL
        """,
        campaign.id,
        now,
    )
    # the campaign's feed shows its title and its presentation
    await connection.execute(
        """
        UPDATE campaigns.feeds
        SET version = version + 1,
            changed_at = greatest(date_trunc('second', $2::timestamptz),
                                  date_trunc('second', changed_at) + interval '1 second')
        WHERE scope = 'campaign' AND subject = $1::text
        """,
        str(campaign.id),
        now,
    )
    return True
