"""Groups in the week builder: added, renamed, and removed while they are empty."""

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.builder.add_group import add_group
from services.campaigns.offers.builder.board.routes import Answer, act_or_ask, read_own_week
from services.campaigns.offers.builder.edit_group import UnknownGroup
from services.campaigns.offers.builder.remove_group import remove_group
from services.campaigns.offers.builder.screen import base_of
from services.campaigns.offers.builder.sessions.session_form import read_uuid
from services.campaigns.offers.builder.week import BuiltGroup, Week
from services.campaigns.offers.life.sheet_form import texts_of
from shared.refusal import Refusal

AnyRequest = Request[Any, Any, Any]


@get("/planification/{slug:str}/semaine/groupes", action="plan_offers", include_in_schema=False)
async def get_groups(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Answer:
    """The groups of an offer."""
    async with edge.reading() as connection:
        return _page(actor, await read_own_week(connection, actor, slug))


@post("/planification/{slug:str}/semaine/groupes", action="plan_offers", include_in_schema=False)
async def post_group(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Answer:
    """Add a group."""
    name = texts_of(await request.form()).get("name", "")
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    try:
        async with edge.transaction() as connection:
            await add_group(connection, offer_id=week.offer_id, name=name)
            detail = f"a ajouté le groupe {name.strip()}."
            await write_audit(connection, actor, "add_group", detail, now=now, offer_id=week.offer_id)
    except Refusal as refusal:
        return _page(actor, week, name, refusal)
    return Redirect(f"{base_of(slug)}/groupes", status_code=303)


@post("/planification/{slug:str}/semaine/groupes/{group_id:str}", action="plan_offers", include_in_schema=False)
async def post_group_name(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    group_id: FromPath[str],
) -> Answer:
    """Rename a group; whom it is told to comes first."""
    fields = texts_of(await request.form())
    name = fields.get("name", "")
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    group = _group(week, group_id)
    try:
        said = {"act": "edit_group", "version": fields.get("version", ""), "group_id": str(group.id), "name": name}
        asked, _ = await act_or_ask(request, edge, actor, week, said, now=now)
    except Refusal as refusal:
        answer = _page(actor, week, "", Refusal(refusal.sentence))
        answer.status_code = refusal.status
        return answer
    return asked or Redirect(f"{base_of(slug)}/groupes", status_code=303)


@post("/planification/{slug:str}/semaine/groupes/{group_id:str}/retrait", action="plan_offers", include_in_schema=False)
async def post_group_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    group_id: FromPath[str],
) -> Answer:
    """Remove an empty group."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    group = _group(week, group_id)
    try:
        async with edge.transaction() as connection:
            await remove_group(connection, offer_id=week.offer_id, group_id=group.id)
            detail = f"a retiré le groupe {group.name}."
            await write_audit(connection, actor, "remove_group", detail, now=now, offer_id=week.offer_id)
    except Refusal as refusal:
        return _page(actor, week, "", refusal)
    return Redirect(f"{base_of(slug)}/groupes", status_code=303)


def _group(week: Week, text: str) -> BuiltGroup:
    found = next((group for group in week.groups if group.id == read_uuid(text)), None)
    if found is None:
        raise UnknownGroup
    return found


def _page(actor: Actor, week: Week, name: str = "", refusal: Refusal | None = None) -> Answer:
    at_field = refusal is not None and refusal.field == "name"
    return planner_page(
        "offers/builder/templates/groups.html",
        actor,
        status=refusal.status if refusal else 200,
        here="offers",
        week=week,
        base=base_of(week.slug),
        form={"name": name},
        faults={"name": refusal.sentence} if refusal is not None and at_field else {},
        trouble=refusal.sentence if refusal is not None and not at_field else "",
    )


route_handlers: list[Any] = [get_groups, post_group, post_group_name, post_group_removal]
