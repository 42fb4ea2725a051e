"""Cancel a campaign: its partners are told, and none of its offers is published from now on."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.notices import say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_ask, people_to_tell
from shared.database import Connection
from shared.notices import CampaignCancelled
from shared.outbox import append_events


async def cancel_campaign(connection: Connection, *, campaign_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless. Its offers are cancelled afterwards, each in its own transaction, with the notices of
    `cancel_offer`: `find_offers_to_cancel` finds them until they are. Raises `UnknownCampaign`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    if campaign.cancelled:
        return
    await connection.execute("UPDATE campaigns.campaigns SET cancelled_at = $2 WHERE id = $1", campaign_id, now)
    partners = [
        agreement
        for agreement in await list_agreements(connection, campaign_id)
        if agreement.left_at is None and agreement.organisation_id != campaign.lead_id
    ]
    recipients = {
        partner.id: {
            *await people_to_ask(connection, partner.organisation_id),
            *await people_to_tell(connection, [partner.organisation_id]),
        }
        for partner in partners
    }
    await append_events(
        connection,
        [
            say_agreement(CampaignCancelled, campaign, partner, recipients=sorted(recipients[partner.id]), now=now)
            for partner in partners
        ],
    )
