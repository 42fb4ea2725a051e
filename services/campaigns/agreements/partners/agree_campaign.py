"""Agree to a campaign: one organisation says yes to one version; the last yes makes it what everybody sees."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.apply_proposal import apply_proposal
from services.campaigns.agreements.campaign import CampaignChangedMeanwhile
from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.agreement import PartnerLeftAlready
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_tell, read_agreement
from shared.database import Connection
from shared.notices import AgreementGiven
from shared.outbox import append_events


async def agree_campaign(
    connection: Connection, *, campaign_id: UUID, organisation_id: UUID, version: int, word: str, now: datetime
) -> None:
    """Agree to `version`, with a word that the lead reads; saying yes twice is once.

    Raises `CampaignChangedMeanwhile` when another version is asked about by now, `PartnerLeftAlready`,
    `CampaignCancelled`, `UnknownAgreement`. Who joins while a later round is open carries the campaign only once all
    have agreed to that version: nobody stands behind words they never saw.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    agreement = await read_agreement(connection, campaign_id, organisation_id)
    if agreement.left_at is not None:
        raise PartnerLeftAlready
    if agreement.asked_version != version:
        raise CampaignChangedMeanwhile
    if agreement.state == "agreed":
        return
    await connection.execute(
        """
        UPDATE campaigns.agreements
        SET agreed_version = $2, answered_at = $4::timestamptz, declined_at = NULL, word = $5,
            agreed_at = coalesce(agreed_at, CASE WHEN $2::integer <= $3::integer THEN $4::timestamptz END)
        WHERE id = $1
        """,
        agreement.id,
        version,
        campaign.agreed_version,
        now,
        word,
    )
    agreements = await list_agreements(connection, campaign_id)
    await apply_proposal(connection, campaign, agreements, now=now)
    await append_events(
        connection,
        [
            say_agreement(
                AgreementGiven,
                campaign,
                agreement,
                recipients=await people_to_tell(connection, [campaign.lead_id] if campaign.lead_id else []),
                awaited=awaited_of(agreements),
                word=word,
                now=now,
            )
        ],
    )
