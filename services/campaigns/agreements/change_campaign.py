"""Change a campaign: a new version, which every partner is asked about; the one agreed before stays shown."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.campaigns.agreements.apply_proposal import apply_proposal
from services.campaigns.agreements.campaign import (
    CampaignChangedMeanwhile,
    LockedCampaign,
    NothingChanged,
    Wording,
    say_changes,
)
from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, names_of_sectors, people_to_ask
from shared.database import Connection
from shared.languages import speaking
from shared.notices import AgreementRequested
from shared.outbox import append_events


async def change_campaign(
    connection: Connection, *, campaign_id: UUID, wording: Wording, if_match: int, now: datetime
) -> LockedCampaign:
    """The campaign with its new version. The lead agrees by proposing; a lead alone is agreed with at once.

    `if_match` is the version that was read: raises `CampaignChangedMeanwhile`. Raises `NothingChanged`,
    `CampaignCancelled`, `UnknownCampaign`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    if campaign.version != if_match:
        raise CampaignChangedMeanwhile
    if wording == campaign.proposed:
        raise NothingChanged
    names = await names_of_sectors(connection)
    with speaking("fr"):  # kept, and told in facts
        changes = say_changes(campaign.agreed, wording, names)
    with speaking("en"):
        changes_en = say_changes(campaign.agreed, wording, names)
    version = campaign.version + 1
    await connection.execute(
        """
        INSERT INTO campaigns.campaign_proposals AS p
            (campaign_id, version, title, presentation, period, departements, sectors, changes, proposed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
        ON CONFLICT (campaign_id) DO UPDATE
        SET version = excluded.version, title = excluded.title, presentation = excluded.presentation,
            period = excluded.period, departements = excluded.departements, sectors = excluded.sectors,
            changes = excluded.changes, proposed_at = excluded.proposed_at
        """,
        campaign_id,
        version,
        wording.title,
        wording.presentation,
        asyncpg.Range(wording.first_day, wording.last_day, lower_inc=True, upper_inc=True),
        list(wording.departements),
        msgspec.json.encode(wording.sectors).decode(),
        list(changes),
        now,
    )
    await connection.execute(
        """
        UPDATE campaigns.agreements
        SET asked_version = $2, asked_at = $4, reminded_at = NULL, declined_at = NULL, word = '',
            agreed_version = CASE WHEN organisation_id = $3 THEN $2::integer ELSE agreed_version END,
            answered_at = CASE WHEN organisation_id = $3 THEN $4::timestamptz END
        WHERE campaign_id = $1 AND left_at IS NULL
        """,
        campaign_id,
        version,
        campaign.lead_id,
        now,
    )
    campaign = msgspec.structs.replace(
        campaign, version=version, proposed=wording, changes=changes, changes_en=changes_en
    )
    agreements = await list_agreements(connection, campaign_id)
    await append_events(
        connection,
        [
            say_agreement(
                AgreementRequested,
                campaign,
                agreement,
                recipients=await people_to_ask(connection, agreement.organisation_id),
                awaited=awaited_of(agreements),
                changes=changes,
                now=now,
            )
            for agreement in agreements
            if agreement.state == "awaited"
        ],
    )
    await apply_proposal(connection, campaign, agreements, now=now)
    return campaign
