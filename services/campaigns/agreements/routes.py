"""Agreements: the pages of campaigns, their list, a new one, a change, the end of one."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.agreements.campaign import (
    CampaignChangedMeanwhile,
    CampaignExists,
    NothingChanged,
    say_changes,
)
from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.copies.routes import route_handlers as copies
from services.campaigns.agreements.ends.routes import route_handlers as ends
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.agreement import STATE_WORDS
from services.campaigns.agreements.partners.read import names_of_sectors
from services.campaigns.agreements.partners.routes import route_handlers as partners
from services.campaigns.agreements.propose_campaign import propose_campaign
from services.campaigns.agreements.read import (
    list_carried_campaigns,
    list_offers_of_campaign,
    read_carried_campaign,
    read_filling,
)
from services.campaigns.agreements.trail.routes import route_handlers as trail
from services.campaigns.agreements.wording_form import WordingForm, form_of, read_wording_form
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_id, read_number
from services.campaigns.look.pages import planner_page
from shared.languages import _
from shared.refusal import Refusal

CAMPAIGNS_A_PAGE, OFFERS_A_PAGE = 50, 60

After = Annotated[str, QueryParameter(name="apres")]


@get("/planification/campagnes", action="read_campaigns", include_in_schema=False)
async def get_campaigns(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], after: After = ""
) -> Response[Any]:
    """Who has agreed, what is public, how it fills."""
    async with edge.reading() as connection:
        lines = await list_carried_campaigns(
            connection, actor, now=now, after=read_id(after), limit=CAMPAIGNS_A_PAGE + 1
        )
    shown = lines[:CAMPAIGNS_A_PAGE]
    return planner_page(
        "agreements/templates/campaigns.html",
        actor,
        here="campaigns",
        lines=shown,
        following=shown[-1].id if len(lines) > CAMPAIGNS_A_PAGE else None,
        now=now,
    )


@get("/planification/campagnes/nouvelle", action="plan_campaigns", include_in_schema=False)
async def get_new_campaign(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[Any]:
    """The empty form."""
    return await _form(edge, actor, WordingForm(), page=None)


@post("/planification/campagnes/nouvelle", action="plan_campaigns", include_in_schema=False)
async def post_new_campaign(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Propose it, then go to its page; or the form again, each fault beside its field."""
    form = read_wording_form(await request.form())
    async with edge.reading() as connection:
        wording, faults = form.read(await names_of_sectors(connection))
    if actor.organisation_id == EVERY_ORGANISATION:
        faults["title"] = _("Dites d’abord pour quelle organisation vous agissez.")
    if wording is None or faults:
        return await _form(edge, actor, form, page=None, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            campaign_id, slug = await propose_campaign(
                connection, lead_id=actor.organisation_id, wording=wording, now=now
            )
            await write_audit(
                connection,
                actor,
                "propose_campaign",
                f"Propose la campagne « {wording.title} ».",
                now=now,
                campaign_id=campaign_id,
            )
    except CampaignExists as refusal:
        return await _form(edge, actor, form, page=None, faults={"title": refusal.sentence}, status=refusal.status)
    return Redirect(f"/planification/campagnes/{slug}", status_code=303)


@get("/planification/campagnes/{slug:str}", action="read_campaigns", include_in_schema=False)
async def get_campaign(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    after: After = "",
) -> Response[Any]:
    """Who has agreed and with what word, what is asked, the offers of all and how they fill."""
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        names = await names_of_sectors(connection)
        offers = await list_offers_of_campaign(
            connection, campaign_page.campaign.id, after=read_id(after), limit=OFFERS_A_PAGE + 1
        )
        filling = await read_filling(connection, campaign_page.campaign.id)
    shown = offers[:OFFERS_A_PAGE]
    return planner_page(
        "agreements/templates/campaign.html",
        actor,
        here="campaigns",
        view=campaign_page,
        campaign=campaign_page.campaign,
        changes=say_changes(campaign_page.campaign.agreed, campaign_page.campaign.proposed, names),
        sector_names=names,
        state_words=STATE_WORDS,
        offers=shown,
        filling=filling,
        following=shown[-1][1].id if len(offers) > OFFERS_A_PAGE else None,
        now=now,
        trouble="",
    )


@get("/planification/campagnes/{slug:str}/modifier", action="plan_campaigns", include_in_schema=False)
async def get_change(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Response[Any]:
    """The form with what is proposed now, and who will be asked again."""
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
    campaign_page.need_lead()
    campaign_page.campaign.refuse_if_cancelled()
    return await _form(edge, actor, form_of(campaign_page.campaign.proposed), page=campaign_page)


@post("/planification/campagnes/{slug:str}/modifier", action="plan_campaigns", include_in_schema=False)
async def post_change(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Show what changes and who will be asked; once that was seen (`certain`), make it the new version."""
    fields = await request.form()
    form = read_wording_form(fields)
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        names = await names_of_sectors(connection)
    campaign_page.need_lead()
    version = read_number(fields.get("version"))
    wording, faults = form.read(names)
    if wording is None:
        return await _form(edge, actor, form, page=campaign_page, faults=faults, status=422)
    campaign = campaign_page.campaign
    if fields.get("certain") != "oui" and campaign.version == version and wording != campaign.proposed:
        changes = say_changes(campaign.agreed, wording, names)
        return await _form(edge, actor, form, page=campaign_page, changes=changes)
    try:
        async with edge.transaction() as connection:
            changed = await change_campaign(
                connection, campaign_id=campaign.id, wording=wording, if_match=version, now=now
            )
            await write_audit(
                connection, actor, "change_campaign", " ".join(changed.changes)[:500], now=now, campaign_id=campaign.id
            )
    except (CampaignChangedMeanwhile, NothingChanged) as refusal:
        return await _form(edge, actor, form, page=campaign_page, trouble=refusal, status=refusal.status)
    return Redirect(f"/planification/campagnes/{slug}", status_code=303)


async def _form(
    edge: Edge,
    actor: Actor,
    form: WordingForm,
    *,
    page: CampaignPage | None,
    faults: dict[str, str] | None = None,
    trouble: Refusal | None = None,
    changes: tuple[str, ...] = (),
    status: int = 200,
) -> Response[Any]:
    async with edge.reading() as connection:
        names = await names_of_sectors(connection)
    return planner_page(
        "agreements/templates/campaign_form.html",
        actor,
        status=status,
        here="campaigns",
        campaign=page.campaign if page else None,
        asked=[one.organisation for one in page.partners if one.organisation_id != actor.organisation_id]
        if page
        else [],
        form=form,
        sectors=list(names.items()),
        faults=faults or {},
        trouble=trouble.sentence if trouble else "",
        changes=changes,
    )


route_handlers: list[Any] = [
    get_campaigns,
    get_new_campaign,
    post_new_campaign,
    get_campaign,
    get_change,
    post_change,
    *partners,
    *copies,
    *ends,
    *trail,
]
