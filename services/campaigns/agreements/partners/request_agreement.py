"""Request an agreement: a partner is asked about the newest version of a campaign, by mail and page."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.agreement import (
    AgreementAnswered,
    AskedJustNow,
    NobodyToAsk,
    PartnerLeftAlready,
)
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_ask, read_agreement
from shared.database import Connection
from shared.notices import AgreementRequested
from shared.outbox import append_events


async def request_agreement(connection: Connection, *, campaign_id: UUID, organisation_id: UUID, now: datetime) -> None:
    """Ask, or ask again who has not answered or has declined; a decline is forgotten with it.

    Raises `NobodyToAsk`, `AgreementAnswered`, `AskedJustNow`, `PartnerLeftAlready`, `CampaignCancelled`,
    `UnknownAgreement`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    agreement = await read_agreement(connection, campaign_id, organisation_id)
    match agreement.state:
        case "left":
            raise PartnerLeftAlready
        case "agreed":
            raise AgreementAnswered
        case _ if not agreement.may_be_asked_again(now):
            raise AskedJustNow
    recipients = await people_to_ask(connection, organisation_id)
    if not recipients:
        raise NobodyToAsk(agreement.organisation)
    await connection.execute(
        """
        UPDATE campaigns.agreements
        SET asked_version = $2, asked_at = $3, reminded_at = NULL, declined_at = NULL, answered_at = NULL, word = ''
        WHERE id = $1
        """,
        agreement.id,
        campaign.version,
        now,
    )
    agreements = await list_agreements(connection, campaign_id)
    asked = next(one for one in agreements if one.id == agreement.id)
    await append_events(
        connection,
        [
            say_agreement(
                AgreementRequested, campaign, asked, recipients=recipients, awaited=awaited_of(agreements), now=now
            )
        ],
    )
