"""Agreements: JSON under `/api/v1/campaigns`, every action of the pages."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.agreements.bodies import (
    CampaignBody,
    CampaignOffersBody,
    CampaignsBody,
    WordBody,
    WordingBody,
    WordingChangeBody,
    campaign_body,
    changed_body,
    form_of_body,
    line_body,
    offer_body,
)
from services.campaigns.agreements.campaign import CampaignChangedMeanwhile, InvalidCampaign
from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.copies.json_routes import route_handlers as copies
from services.campaigns.agreements.ends.routes import end_campaign, leave_campaign
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.agreement import parse_word
from services.campaigns.agreements.partners.json_routes import route_handlers as partners
from services.campaigns.agreements.partners.link.json_routes import route_handlers as link
from services.campaigns.agreements.partners.read import names_of_sectors
from services.campaigns.agreements.propose_campaign import propose_campaign
from services.campaigns.agreements.read import (
    list_carried_campaigns,
    list_offers_of_campaign,
    read_carried_campaign,
)
from services.campaigns.agreements.trail.json_routes import route_handlers as trail
from services.campaigns.agreements.versions import version_of_header
from services.campaigns.audit import write_audit
from services.campaigns.clock import cancel_abandoned_offers
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.organisations.page_keys import parse_key
from shared.database import Connection
from shared.languages import later

PAGE = 100

After = Annotated[str, QueryParameter(name="after", description="The `next` of the page before")]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The campaign's version, quoted or bare")]


@get("/api/v1/campaigns", action="read_campaigns", summary="The campaigns one carries or is asked to carry")
async def get_campaigns(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], after: After = ""
) -> CampaignsBody:
    """Those to come first, then past and cancelled ones, a hundred a page."""
    async with edge.reading() as connection:
        lines = await list_carried_campaigns(connection, actor, now=now, after=parse_key(after), limit=PAGE + 1)
    following = str(lines[PAGE - 1].id) if len(lines) > PAGE else None
    return CampaignsBody([line_body(line) for line in lines[:PAGE]], following)


@post("/api/v1/campaigns", action="plan_campaigns", summary="Propose a campaign")
async def post_campaign(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[WordingBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[CampaignBody]:
    """The acting organisation leads and agrees by proposing; partners are invited next."""
    if actor.organisation_id == EVERY_ORGANISATION:
        raise InvalidCampaign(later("Ce jeton n’est celui d’aucune organisation : aucune ne porterait la campagne."))

    async def write(connection: Connection) -> Response[CampaignBody]:
        wording = form_of_body(data).parse(await names_of_sectors(connection))
        campaign_id, _ = await propose_campaign(connection, lead_id=actor.organisation_id, wording=wording, now=now)
        detail = f"Propose la campagne « {wording.title} »."
        await write_audit(connection, actor, "propose_campaign", detail, now=now, campaign_id=campaign_id)
        return await _answer(connection, actor, campaign_id, status=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get("/api/v1/campaigns/{campaign_id:uuid}", action="read_campaigns", summary="One campaign with its agreements")
async def get_campaign(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], campaign_id: FromPath[UUID]
) -> Response[CampaignBody]:
    """What is shown, what is proposed, who has agreed; its version is the ETag."""
    async with edge.reading() as connection:
        return await _answer(connection, actor, campaign_id)


@get("/api/v1/campaigns/{campaign_id:uuid}/offers", action="read_campaigns", summary="The offers of a campaign")
async def get_offers(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], campaign_id: FromPath[UUID], after: After = ""
) -> CampaignOffersBody:
    """Those of every partner, drafts included, by their first day, a hundred a page."""
    async with edge.reading() as connection:
        await read_carried_campaign(connection, actor, name=campaign_id)
        offers = await list_offers_of_campaign(connection, campaign_id, after=parse_key(after), limit=PAGE + 1)
    following = str(offers[PAGE - 1][1].id) if len(offers) > PAGE else None
    return CampaignOffersBody([offer_body(*offer) for offer in offers[:PAGE]], following)


@patch("/api/v1/campaigns/{campaign_id:uuid}", action="plan_campaigns", summary="Change a campaign")
async def patch_campaign(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    data: JSONBody[WordingChangeBody],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[CampaignBody]:
    """A new version, which every partner is asked about; the one agreed before stays shown until all have agreed."""
    expected = version_of_header(if_match)

    async def write(connection: Connection) -> Response[CampaignBody]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        view.need_lead()
        version = view.campaign.version if expected is None else expected
        if version != view.campaign.version:
            raise CampaignChangedMeanwhile
        wording = form_of_body(changed_body(view.campaign.proposed, data)).parse(await names_of_sectors(connection))
        changed = await change_campaign(connection, campaign_id=campaign_id, wording=wording, if_match=version, now=now)
        detail = " ".join(changed.changes)[:500]
        await write_audit(connection, actor, "change_campaign", detail, now=now, campaign_id=campaign_id)
        return await _answer(connection, actor, campaign_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/campaigns/{campaign_id:uuid}/cancellation",
    action="plan_campaigns",
    status_code=200,
    summary="Cancel a campaign",
)
async def post_cancellation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[CampaignBody]:
    """All of its public offers that are not over are cancelled after it, with notice."""
    expected = version_of_header(if_match)

    async def write(connection: Connection) -> Response[CampaignBody]:
        view = await _at_version(connection, actor, campaign_id, expected)
        view.need_lead()
        await end_campaign(connection, actor, view, now=now)
        return await _answer(connection, actor, campaign_id)

    answer = await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)
    await cancel_abandoned_offers(edge, now=now, campaign_id=campaign_id)
    return answer


@post(
    "/api/v1/campaigns/{campaign_id:uuid}/departure",
    action="answer_agreements",
    status_code=204,
    summary="Leave a campaign",
)
async def post_departure(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    data: JSONBody[WordBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """The organisation is taken off what is shown; its own offers of the campaign are cancelled, with notice."""

    async def write(connection: Connection) -> Response[None]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        await leave_campaign(connection, actor, view, word=parse_word(data.word), now=now)
        return Response(None, status_code=204)

    answer = await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)
    await cancel_abandoned_offers(edge, now=now, campaign_id=campaign_id)
    return answer


async def _at_version(connection: Connection, actor: Actor, campaign_id: UUID, expected: int | None) -> CampaignPage:
    view = await read_carried_campaign(connection, actor, name=campaign_id)
    if expected is not None and expected != view.campaign.version:
        raise CampaignChangedMeanwhile
    return view


async def _answer(
    connection: Connection, actor: Actor, campaign_id: UUID, *, status: int = 200
) -> Response[CampaignBody]:
    view = await read_carried_campaign(connection, actor, name=campaign_id)
    headers = {"ETag": f'"{view.campaign.version}"', "Cache-Control": "no-store"}
    return Response(campaign_body(view), status_code=status, headers=headers)


route_handlers: list[Any] = [
    get_campaigns,
    post_campaign,
    get_campaign,
    get_offers,
    patch_campaign,
    post_cancellation,
    post_departure,
    *partners,
    *copies,
    *trail,
    *link,
]
