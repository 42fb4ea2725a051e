"""Withdraw a partner: it leaves, or the lead takes back what it asked; what is shown goes on without its name."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.apply_proposal import apply_proposal
from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.agreement import LeadStays, PartnerCarries
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_tell, read_agreement
from shared.database import Connection
from shared.notices import PartnerLeft
from shared.outbox import append_events


async def withdraw_partner(
    connection: Connection,
    *,
    campaign_id: UUID,
    organisation_id: UUID,
    word: str = "",
    taken_back: bool = False,
    now: datetime,
) -> None:
    """Doing it twice is harmless. Its offers of this campaign are cancelled afterwards, each in its own transaction:
    `find_offers_to_cancel` finds them until they are. If all others have agreed to the open version, it applies.

    `taken_back`: the lead takes its request back, which it may while the partner does not carry the campaign
    (`PartnerCarries`). Raises `LeadStays`, `CampaignCancelled`, `UnknownAgreement`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    agreement = await read_agreement(connection, campaign_id, organisation_id)
    if organisation_id == campaign.lead_id:
        raise LeadStays
    if agreement.left_at is not None:
        return
    if taken_back and agreement.carries:
        raise PartnerCarries(agreement.organisation)
    await connection.execute(
        "UPDATE campaigns.agreements SET left_at = $2, word = $3 WHERE id = $1", agreement.id, now, word
    )
    agreements = await list_agreements(connection, campaign_id)
    await apply_proposal(connection, campaign, agreements, now=now)
    others = [one.organisation_id for one in agreements if one.left_at is None]
    if not agreement.carries:
        # it was in no one's name yet: this is between the lead and the partner
        others = [campaign.lead_id] if campaign.lead_id and not taken_back else []
    await append_events(
        connection,
        [
            say_agreement(
                PartnerLeft,
                campaign,
                agreement,
                recipients=await people_to_tell(connection, others),
                awaited=awaited_of(agreements),
                word=word,
                now=now,
            )
        ],
    )
