"""Draft an offer: a new one of an organisation, seen by its planners alone, its working days laid out."""

from uuid import UUID

from services.campaigns.access.actor import EVERY_ORGANISATION
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from services.campaigns.offers.life.draft import Draft, UnknownCampaign
from services.campaigns.offers.life.read import list_open_campaigns
from services.campaigns.offers.life.sheet import InvalidSheet
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later


async def draft_offer(
    connection: Connection, *, organisation_id: UUID, campaign_id: UUID, draft: Draft, for_schools: bool = False
) -> tuple[UUID, str]:
    """The id and the slug of the new draft; raises `UnknownCampaign`, `InvalidSheet` with the first fault.

    `for_schools`: it may come before the campaign. One draft at a time gets its slug, as imports do: so it is free.
    """
    if organisation_id == EVERY_ORGANISATION:
        raise InvalidSheet(later("Dites quelle organisation fait cette offre."), field="organisation_id")
    campaigns = await list_open_campaigns(connection, organisation_id)
    campaign = next((campaign for campaign in campaigns if campaign.id == campaign_id), None)
    if campaign is None:
        raise UnknownCampaign
    for field, sentence in draft.find_faults(campaign, for_schools=for_schools).items():
        raise InvalidSheet(sentence, field=field)
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    sheet = draft.sheet
    offer_id, slug = new_id(), await find_free_slug(connection, sheet.title)
    await connection.execute(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, kind, title, summary, city, contact, seats, opens_at, closes_at,
             grades, departements, school_uais, proof_of_address)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """,
        offer_id,
        slug,
        campaign_id,
        organisation_id,
        draft.kind,
        sheet.title,
        sheet.summary,
        sheet.city,
        sheet.contact,
        sheet.seats,
        sheet.opens_at,
        sheet.closes_at,
        list(sheet.grades),
        list(sheet.departements),
        list(sheet.school_uais),
        sheet.proof_of_address,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on)
        SELECT id, $1, date, date FROM unnest($2::uuid[], $3::date[]) AS day (id, date)
        """,
        offer_id,
        [new_id() for _ in draft.days],
        list(draft.days),
    )
    return offer_id, slug
