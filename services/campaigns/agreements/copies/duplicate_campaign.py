"""Duplicate a campaign to a new period: a new campaign of the same lead, its partners asked, its offers as drafts."""

from datetime import datetime
from uuid import UUID

from services.campaigns.agreements.campaign import Wording
from services.campaigns.agreements.copies.add_copied_offers import add_copied_offers
from services.campaigns.agreements.copies.copy import CopyPlan
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.agreements.partners.read import list_agreements, people_to_ask
from services.campaigns.agreements.propose_campaign import propose_campaign
from shared.database import Connection


async def duplicate_campaign(
    connection: Connection, *, campaign_id: UUID, lead_id: UUID, wording: Wording, plan: CopyPlan, now: datetime
) -> tuple[UUID, str, tuple[str, ...]]:
    """The id and slug of the copy, and the partners that could not be asked because nobody is known there.

    `plan` is what was read and shown before. Agreements begin anew: whoever carries the source is asked to carry the
    copy. The source is read, not locked: its slugs' lock comes first here as everywhere. Raises `CampaignExists`, and
    the refusal of a room that is taken meanwhile.
    """
    partners = [one for one in await list_agreements(connection, campaign_id) if one.left_at is None]
    copy_id, slug = await propose_campaign(connection, lead_id=lead_id, wording=wording, now=now)
    await add_copied_offers(connection, campaign_id=copy_id, plan=plan, now=now)
    silent: list[str] = []
    for partner in partners:
        if partner.organisation_id == lead_id:
            continue
        if await people_to_ask(connection, partner.organisation_id):
            await invite_partner(connection, campaign_id=copy_id, organisation_id=partner.organisation_id, now=now)
        else:
            silent.append(partner.organisation)
    return copy_id, slug, tuple(silent)
