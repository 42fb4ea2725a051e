"""Decline a campaign: one organisation says no to one version, with a word; what was agreed before stays shown."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.campaign import CampaignChangedMeanwhile
from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.agreement import AgreementInForce, PartnerLeftAlready
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_tell, read_agreement
from shared.database import Connection
from shared.notices import AgreementDeclined
from shared.outbox import append_events


async def decline_campaign(
    connection: Connection, *, campaign_id: UUID, organisation_id: UUID, version: int, word: str, now: datetime
) -> None:
    """Decline `version`; saying no twice is once. A yes may become a no until all have agreed.

    Raises `AgreementInForce` after that, `CampaignChangedMeanwhile`, `PartnerLeftAlready`, `CampaignCancelled`,
    `UnknownAgreement`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    agreement = await read_agreement(connection, campaign_id, organisation_id)
    if agreement.left_at is not None:
        raise PartnerLeftAlready
    if agreement.asked_version != version:
        raise CampaignChangedMeanwhile
    if agreement.state == "declined":
        return
    if agreement.state == "agreed" and agreement.agreed_version <= campaign.agreed_version:
        raise AgreementInForce
    await connection.execute(
        """
        UPDATE campaigns.agreements
        SET declined_at = $2, answered_at = $2, word = $3, agreed_version = least(agreed_version, $4)
        WHERE id = $1
        """,
        agreement.id,
        now,
        word,
        # of a yes to the version nobody sees yet, nothing stays
        campaign.agreed_version if agreement.agreed_at else 0,
    )
    await append_events(
        connection,
        [
            say_agreement(
                AgreementDeclined,
                campaign,
                agreement,
                recipients=await people_to_tell(connection, [campaign.lead_id] if campaign.lead_id else []),
                awaited=awaited_of(await list_agreements(connection, campaign_id)),
                word=word,
                now=now,
            )
        ],
    )
