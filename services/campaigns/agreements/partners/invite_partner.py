"""Invite a partner: an organisation is asked to carry the campaign, and nothing more is published until it answers."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.agreement import AlreadyPartner, NobodyToAsk
from services.campaigns.agreements.partners.invitation import ChooseOrganisation
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_ask
from shared.database import Connection
from shared.identifiers import new_id
from shared.notices import AgreementRequested
from shared.outbox import append_events


async def invite_partner(connection: Connection, *, campaign_id: UUID, organisation_id: UUID, now: datetime) -> UUID:
    """The agreement's id; an organisation that had left may be invited again, as if for the first time.

    Raises `AlreadyPartner`, `NobodyToAsk`, `ChooseOrganisation`, `CampaignCancelled`, `UnknownCampaign`.
    """
    campaign = await lock_campaign(connection, campaign_id)
    campaign.refuse_if_cancelled()
    name = await connection.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", organisation_id)
    if name is None:
        raise ChooseOrganisation
    agreement_id: UUID | None = await connection.fetchval(
        """
        INSERT INTO campaigns.agreements (id, campaign_id, organisation_id, asked_version, asked_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (campaign_id, organisation_id) DO UPDATE
        SET asked_version = excluded.asked_version, asked_at = excluded.asked_at, agreed_version = 0,
            agreed_at = NULL, answered_at = NULL, declined_at = NULL, reminded_at = NULL, left_at = NULL, word = ''
        WHERE agreements.left_at IS NOT NULL
        RETURNING id
        """,
        new_id(),
        campaign_id,
        organisation_id,
        campaign.version,
        now,
    )
    if agreement_id is None:
        raise AlreadyPartner(name)
    recipients = await people_to_ask(connection, organisation_id)
    if not recipients:
        raise NobodyToAsk(name)
    agreements = await list_agreements(connection, campaign_id)
    asked = next(agreement for agreement in agreements if agreement.id == agreement_id)
    await append_events(
        connection,
        [
            say_agreement(
                AgreementRequested, campaign, asked, recipients=recipients, awaited=awaited_of(agreements), now=now
            )
        ],
    )
    return agreement_id
