"""Ends: the pages on which a campaign is cancelled, or left; each asks twice and says how many it concerns."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.ends.cancel_campaign import cancel_campaign
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.agreement import InvalidWord, LeadStays, UnknownAgreement, parse_word
from services.campaigns.agreements.read import count_concerned, read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.clock import cancel_abandoned_offers
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from shared.database import Connection


@get("/planification/campagnes/{slug:str}/annuler", action="plan_campaigns", include_in_schema=False)
async def get_cancellation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Whom it concerns, and the first question."""
    return await _cancellation(edge, actor, slug, now=now, sure=False)


@post("/planification/campagnes/{slug:str}/annuler", action="plan_campaigns", include_in_schema=False)
async def post_cancellation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Ask a second time; then cancel, and each offer after it in its own transaction."""
    if (await request.form()).get("certain") != "oui":
        return await _cancellation(edge, actor, slug, now=now, sure=True)
    async with edge.transaction() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        campaign_page.need_lead()
        await end_campaign(connection, actor, campaign_page, now=now)
    await cancel_abandoned_offers(edge, now=now, campaign_id=campaign_page.campaign.id)
    return Redirect(f"/planification/campagnes/{slug}", status_code=303)


async def end_campaign(connection: Connection, actor: Actor, campaign_page: CampaignPage, *, now: datetime) -> None:
    """Cancel in the caller's transaction, with its line in the trail."""
    campaign = campaign_page.campaign
    await cancel_campaign(connection, campaign_id=campaign.id, now=now)
    await write_audit(
        connection,
        actor,
        "cancel_campaign",
        f"Annule la campagne « {campaign.agreed.title} ».",
        now=now,
        campaign_id=campaign.id,
    )


async def _cancellation(edge: Edge, actor: Actor, slug: str, *, now: datetime, sure: bool) -> Response[Any]:
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        campaign_page.need_lead()
        concern = await count_concerned(connection, campaign_page.campaign.id, now=now)
    campaign_page.campaign.refuse_if_cancelled()
    return planner_page(
        "agreements/ends/templates/cancellation.html",
        actor,
        here="campaigns",
        campaign=campaign_page.campaign,
        concern=concern,
        others=[one.organisation for one in campaign_page.partners if one.organisation_id != actor.organisation_id],
        sure=sure,
    )


@get("/planification/campagnes/{slug:str}/quitter", action="answer_agreements", include_in_schema=False)
async def get_leaving(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Whom it concerns, a word for the others, and the first question."""
    return await _leaving(edge, actor, slug, now=now)


@post("/planification/campagnes/{slug:str}/quitter", action="answer_agreements", include_in_schema=False)
async def post_leaving(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Ask a second time; then leave, and each own offer after it is cancelled in its own transaction."""
    fields = await request.form()
    written = str(fields.get("word", ""))
    try:
        word = parse_word(written)
    except InvalidWord as refusal:
        return await _leaving(edge, actor, slug, now=now, word=written[:2000], fault=refusal.sentence, status=422)
    if fields.get("certain") != "oui":
        return await _leaving(edge, actor, slug, now=now, word=word, sure=True)
    async with edge.transaction() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        await leave_campaign(connection, actor, campaign_page, word=word, now=now)
    await cancel_abandoned_offers(edge, now=now, campaign_id=campaign_page.campaign.id)
    return Redirect("/planification/campagnes", status_code=303)


async def leave_campaign(
    connection: Connection, actor: Actor, campaign_page: CampaignPage, *, word: str, now: datetime
) -> None:
    """Leave for the actor's organisation in the caller's transaction, with its line in the trail."""
    mine = campaign_page.mine
    if mine is None:
        raise UnknownAgreement
    campaign = campaign_page.campaign
    await withdraw_partner(
        connection, campaign_id=campaign.id, organisation_id=mine.organisation_id, word=word, now=now
    )
    await write_audit(
        connection,
        actor,
        "withdraw_partner",
        f"Quitte la campagne « {campaign.agreed.title} ».",
        now=now,
        campaign_id=campaign.id,
    )


async def _leaving(
    edge: Edge,
    actor: Actor,
    slug: str,
    *,
    now: datetime,
    word: str = "",
    fault: str = "",
    sure: bool = False,
    status: int = 200,
) -> Response[Any]:
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        concern = await count_concerned(
            connection, campaign_page.campaign.id, now=now, organisation_id=actor.organisation_id
        )
    campaign_page.campaign.refuse_if_cancelled()
    if campaign_page.mine is None:
        raise UnknownAgreement
    if campaign_page.is_lead:
        raise LeadStays
    return planner_page(
        "agreements/ends/templates/leaving.html",
        actor,
        status=status,
        here="campaigns",
        campaign=campaign_page.campaign,
        concern=concern,
        word=word,
        fault=fault,
        sure=sure,
    )


route_handlers: list[Any] = [get_cancellation, post_cancellation, get_leaving, post_leaving]
