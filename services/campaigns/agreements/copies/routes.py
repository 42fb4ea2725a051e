"""Copies: the pages on which last year's campaign is brought to a new period, looked at before it is done."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import structs

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.campaign import CampaignExists, Wording
from services.campaigns.agreements.copies.copy import CopyPlan, plan_copy
from services.campaigns.agreements.copies.copy_form import CopyForm, read_copy_form, suggest_copy
from services.campaigns.agreements.copies.duplicate_campaign import duplicate_campaign
from services.campaigns.agreements.copies.read import read_offers_to_copy, say_taken_rooms
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.read import people_to_ask
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.session import RoomInUse
from shared.database import Connection
from shared.french_dates import say_period
from shared.languages import speaking
from shared.refusal import Refusal


@get("/planification/campagnes/{slug:str}/dupliquer", action="plan_campaigns", include_in_schema=False)
async def get_copy(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """The form, filled for next year; with a period in the address, the copy as it would be."""
    form = read_copy_form(request.query_params) if request.query_params else None
    return await _page(edge, actor, slug, form=form)


@post("/planification/campagnes/{slug:str}/dupliquer", action="plan_campaigns", include_in_schema=False)
async def post_copy(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Make the copy, then go to its page; or the form again, each fault beside its field."""
    form = read_copy_form(await request.form())
    async with edge.reading() as connection:
        source = await read_carried_campaign(connection, actor, name=slug)
    source.need_lead()
    wording, faults = form.read(source.campaign.agreed)
    if wording is None or faults:
        return await _page(edge, actor, slug, form=form, status=422)
    try:
        async with edge.transaction() as connection:
            _, copy_slug = await copy_campaign(connection, actor, source, wording, now=now)
    except (CampaignExists, RoomInUse) as refusal:
        return await _page(edge, actor, slug, form=form, trouble=refusal, status=refusal.status)
    return Redirect(f"/planification/campagnes/{copy_slug}", status_code=303)


async def copy_campaign(
    connection: Connection, actor: Actor, source: CampaignPage, wording: Wording, *, now: datetime
) -> tuple[Any, str]:
    """Make the copy in the caller's transaction, with its line in the trail; the id and slug of the copy."""
    source.need_lead()
    if source.campaign.lead_id is None:
        raise CampaignExists(wording.title)
    plan = await read_plan(connection, source, wording)
    copy_id, slug, silent = await duplicate_campaign(
        connection,
        campaign_id=source.campaign.id,
        lead_id=source.campaign.lead_id,
        wording=wording,
        plan=plan,
        now=now,
    )
    with speaking("fr"):
        detail = f"Reprend « {source.campaign.agreed.title} » {say_period(wording.first_day, wording.last_day)}."
        if silent:
            detail += f" Personne n’est connu chez : {', '.join(silent)}."
    await write_audit(connection, actor, "duplicate_campaign", detail, now=now, campaign_id=copy_id)
    return copy_id, slug


async def read_plan(connection: Connection, source: CampaignPage, wording: Wording) -> CopyPlan:
    """The copy as it would be, rooms that are taken among what to look at."""
    offers = await read_offers_to_copy(connection, source.campaign.id)
    plan = plan_copy(
        offers,
        old_first_day=source.campaign.agreed.first_day,
        first_day=wording.first_day,
        last_day=wording.last_day,
    )
    return structs.replace(plan, warnings=(*plan.warnings, *await say_taken_rooms(connection, plan)))


async def _page(
    edge: Edge,
    actor: Actor,
    slug: str,
    *,
    form: CopyForm | None,
    trouble: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    async with edge.reading() as connection:
        source = await read_carried_campaign(connection, actor, name=slug)
        source.need_lead()
        shown = form or suggest_copy(source.campaign.agreed)
        wording, faults = shown.read(source.campaign.agreed)
        before = await read_offers_to_copy(connection, source.campaign.id)
        plan = await read_plan(connection, source, wording) if wording else None
        asked = [one for one in source.partners if one.organisation_id != source.campaign.lead_id]
        silent = [one for one in asked if not await people_to_ask(connection, one.organisation_id)]
    return planner_page(
        "agreements/copies/templates/copy.html",
        actor,
        status=422 if faults and form else status,
        here="campaigns",
        campaign=source.campaign,
        asked=[one.organisation for one in asked if one not in silent],
        silent=[one.organisation for one in silent],
        form=shown,
        faults=faults,
        trouble=trouble.sentence if trouble else "",
        plan=plan,
        pairs=list(zip(before, plan.offers, strict=True)) if plan else [],
    )


route_handlers: list[Any] = [get_copy, post_copy]
