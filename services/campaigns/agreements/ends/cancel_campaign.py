"""Cancel a campaign: nobody is asked about it any more, and none of its offers is published from now on."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.lock_campaign import lock_campaign
from shared.database import Connection


async def cancel_campaign(connection: Connection, *, campaign_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless. Its offers are cancelled afterwards, each in its own transaction, with the notices of
    `cancel_offer`: `find_offers_to_cancel` finds them until they are. Raises `UnknownCampaign`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    if campaign.cancelled:
        return
    await connection.execute("UPDATE campaigns.campaigns SET cancelled_at = $2 WHERE id = $1", campaign_id, now)
