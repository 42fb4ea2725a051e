"""Webinars on pages: planned, looked at with the very mail before anybody is invited, changed, called off."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.announcement import BATCH, WORD_AT_MOST
from services.campaigns.announcing.correspondents.correspondent import ROLE_WORDS
from services.campaigns.announcing.correspondents.read import count_listed
from services.campaigns.announcing.webinars.change_webinar import cancel_webinar, change_webinar
from services.campaigns.announcing.webinars.facts import facts_of
from services.campaigns.announcing.webinars.invite_to_webinar import invite_to_webinar
from services.campaigns.announcing.webinars.plan_webinar import plan_webinar
from services.campaigns.announcing.webinars.read import count_invited, list_webinars, read_reach, read_webinar
from services.campaigns.announcing.webinars.webinar import (
    LINK_AT_MOST,
    REASONS,
    TITLE_AT_MOST,
    Webinar,
    WebinarChangedMeanwhile,
    WebinarForm,
    WebinarOver,
    form_of,
    parse,
    read_form,
)
from services.campaigns.catalogue.finding.places import DEPARTEMENTS
from services.campaigns.edge import Edge
from services.campaigns.given import form_given, read_id, read_number
from services.campaigns.look.pages import planner_page
from shared.identifiers import new_id
from shared.webinars import WebinarInvited

WEBINARS = "/planification/annonces/webinaires"
TEMPLATES = "announcing/webinars/templates"
PAGE = 20

After = Annotated[str, QueryParameter(name="apres", description="The last one of the page before")]


@get(WEBINARS, action="plan_campaigns", include_in_schema=False)
async def get_webinars(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], now: NamedDependency[datetime], after: After = ""
) -> Response[Any]:
    """Those planned, and what came of their invitations."""
    async with edge.reading() as connection:
        counts = await count_listed(connection, actor.organisation_id)
        found = await list_webinars(connection, actor.organisation_id, after=read_id(after), limit=PAGE + 1)
        shown = [(each, each.say_state(now), await count_invited(connection, each.id)) for each in found[:PAGE]]
    return planner_page(
        f"{TEMPLATES}/webinars.html",
        actor,
        here="campaigns",
        counts=counts,
        shown=shown,
        following=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@get(f"{WEBINARS}/nouveau", action="plan_campaigns", include_in_schema=False)
async def get_new_webinar(actor: NamedDependency[Actor]) -> Response[Any]:
    """What it is, when, and for whom."""
    return _form(actor, WebinarForm(), {}, webinar_id=new_id())


@post(WEBINARS, action="plan_campaigns", include_in_schema=False)
async def post_webinar(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep it; nobody is told yet."""
    fields = await form_given(request)
    form = read_form(dict(fields), fields.getall("roles", []))
    webinar_id = read_id(str(fields.get("id", ""))) or new_id()
    plan, faults = parse(form, now)
    if plan is None:
        return _form(actor, form, faults, webinar_id=webinar_id, status=422)
    async with edge.transaction() as connection:
        await plan_webinar(connection, actor, webinar_id=webinar_id, plan=plan, now=now)
    return Redirect(f"{WEBINARS}/{webinar_id}", status_code=303)


@get(f"{WEBINARS}/{{webinar_id:uuid}}", action="plan_campaigns", include_in_schema=False)
async def get_webinar(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    webinar_id: FromPath[UUID],
) -> Response[Any]:
    """Whom it would invite and the very mail, and what came of those who are."""
    return await _page(edge, actor, webinar_id, now)


@post(f"{WEBINARS}/{{webinar_id:uuid}}/invitations", action="plan_campaigns", include_in_schema=False)
async def post_invitations(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    webinar_id: FromPath[UUID],
) -> Response[Any]:
    """Invite the next of the list; pressed twice it is once."""
    fields = await form_given(request)
    try:
        async with edge.transaction() as connection:
            await invite_to_webinar(
                connection,
                actor,
                webinar_id=webinar_id,
                version=read_number(fields.get("version")),
                batch=read_number(fields.get("batch")),
                now=now,
            )
    except (WebinarChangedMeanwhile, WebinarOver) as refusal:
        return await _page(edge, actor, webinar_id, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"{WEBINARS}/{webinar_id}", status_code=303)


@get(f"{WEBINARS}/{{webinar_id:uuid}}/modifier", action="plan_campaigns", include_in_schema=False)
async def get_changes(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], webinar_id: FromPath[UUID]
) -> Response[Any]:
    """The form, as it stands."""
    async with edge.reading() as connection:
        webinar = await read_webinar(connection, actor.organisation_id, webinar_id)
        invited = (await count_invited(connection, webinar_id)).told
    return _form(actor, form_of(webinar.plan), {}, webinar=webinar, webinar_id=webinar_id, invited=invited)


@post(f"{WEBINARS}/{{webinar_id:uuid}}/modifier", action="plan_campaigns", include_in_schema=False)
async def post_changes(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    webinar_id: FromPath[UUID],
) -> Response[Any]:
    """Change it; whoever was invited is told what was before and what is after."""
    fields = await form_given(request)
    form = read_form(dict(fields), fields.getall("roles", []))
    async with edge.reading() as connection:
        webinar = await read_webinar(connection, actor.organisation_id, webinar_id)
        invited = (await count_invited(connection, webinar_id)).told
    plan, faults = parse(form, now)
    if plan is None:
        return _form(
            actor, form, faults, webinar=webinar, webinar_id=webinar_id, invited=invited,
            version=read_number(fields.get("version")), status=422,
        )  # fmt: skip
    try:
        async with edge.transaction() as connection:
            await change_webinar(
                connection,
                actor,
                webinar_id=webinar_id,
                version=read_number(fields.get("version")),
                plan=plan,
                now=now,
            )
    except (WebinarChangedMeanwhile, WebinarOver) as refusal:
        return await _page(edge, actor, webinar_id, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"{WEBINARS}/{webinar_id}", status_code=303)


@post(f"{WEBINARS}/{{webinar_id:uuid}}/annulation", action="plan_campaigns", include_in_schema=False)
async def post_cancellation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    webinar_id: FromPath[UUID],
) -> Response[Any]:
    """It does not take place; whoever was invited is told."""
    version = read_number((await form_given(request)).get("version"))
    try:
        async with edge.transaction() as connection:
            await cancel_webinar(connection, actor, webinar_id=webinar_id, version=version, now=now)
    except (WebinarChangedMeanwhile, WebinarOver) as refusal:
        return await _page(edge, actor, webinar_id, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"{WEBINARS}/{webinar_id}", status_code=303)


async def _page(
    edge: Edge, actor: Actor, webinar_id: UUID, now: datetime, *, trouble: str = "", status: int = 200
) -> Response[Any]:
    async with edge.reading() as connection:
        webinar = await read_webinar(connection, actor.organisation_id, webinar_id)
        found = await read_reach(connection, actor.organisation_id, webinar_id, webinar.plan)
        progress = await count_invited(connection, webinar_id)
    example = {found.people[0].source: [found.people[0].id]} if found.people else {}
    open_still = webinar.state(now) == "planned"
    facts = [WebinarInvited(**each) for each in facts_of(webinar, example, now=now)] if open_still else []
    return planner_page(
        f"{TEMPLATES}/webinar.html",
        actor,
        here="campaigns",
        status=status,
        webinar=webinar,
        plan=webinar.plan,
        state=webinar.say_state(now),
        open_still=open_still,
        found=found,
        next=min(BATCH, len(found.people)),
        progress=progress,
        reasons=REASONS,
        role_words=ROLE_WORDS,
        departements=DEPARTEMENTS,
        mails=edge.preview(facts, None) if facts else (),
        trouble=trouble,
    )


def _form(
    actor: Actor,
    form: WebinarForm,
    faults: dict[str, str],
    *,
    webinar_id: UUID,
    webinar: Webinar | None = None,
    version: int | None = None,
    invited: int = 0,
    status: int = 200,
) -> Response[Any]:
    return planner_page(
        f"{TEMPLATES}/form.html",
        actor,
        here="campaigns",
        status=status,
        id=webinar_id,
        webinar=webinar,
        version=version if version is not None else webinar.version if webinar else 0,
        invited=invited,
        form=form,
        faults=faults,
        departements=list(DEPARTEMENTS.items()),
        role_words=ROLE_WORDS,
        title_at_most=TITLE_AT_MOST,
        link_at_most=LINK_AT_MOST,
        word_at_most=WORD_AT_MOST,
    )


route_handlers: list[Any] = [
    get_webinars,
    get_new_webinar,
    post_webinar,
    get_webinar,
    post_invitations,
    get_changes,
    post_changes,
    post_cancellation,
]
