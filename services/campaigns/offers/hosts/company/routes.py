"""The company's pages: by the link of the mail, without account, and signed in, for all its sessions."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given, read_id
from services.campaigns.look.pages import page, planner_page
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.company.answer_form import AnswerForm, read_answer_form
from services.campaigns.offers.hosts.company.hosting import Hosting, by_day
from services.campaigns.offers.hosts.company.read import (
    PAGE,
    list_feeds,
    list_guests,
    list_hostings,
    read_linked_hosting,
    read_own_hosting,
)
from services.campaigns.offers.hosts.host_request import GivenAnswer, UnknownHostRequest
from services.campaigns.offers.hosts.space.routes import own_calendar
from services.campaigns.teaching.visits.read import list_announced
from shared.database import Connection
from shared.refusal import Refusal

After = Annotated[str, QueryParameter(name="apres")]


@get("/accueil/{token:str}", include_in_schema=False)
async def get_hosting(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """What is asked. It changes nothing: mail scanners follow links."""
    async with edge.reading() as connection:
        _, hosting = await read_linked_hosting(connection, edge.signer, token)
        return await _hosting_page(edge, connection, hosting, now=now)


@post("/accueil/{token:str}", include_in_schema=False)
async def post_hosting(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Confirm, propose, decline, withdraw; then the page says where things stand."""
    form = await _form(request)
    try:
        async with edge.transaction() as connection:
            _, hosting = await read_linked_hosting(connection, edge.signer, token)
            await _answer(connection, hosting.linked_actor, hosting, form.parse(), now=now)
    except UnknownHostRequest:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            _, hosting = await read_linked_hosting(connection, edge.signer, token)
            return await _hosting_page(edge, connection, hosting, form=form, refusal=refusal, now=now)
    return Redirect(f"/accueil/{token}", status_code=303, headers={"Cache-Control": "no-store"})


@get("/planification/accueils", action="read_hosting", include_in_schema=False)
async def get_hostings(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], after: After = ""
) -> Response[Any]:
    """All sessions the organisation receives, of all campaigns."""
    async with edge.reading() as connection:
        hostings = await list_hostings(connection, actor.organisation_id, now=now, after=read_id(after), limit=PAGE + 1)
        feeds = await list_feeds(connection, [actor.organisation_id])
        calendar = await own_calendar(edge, connection, actor.organisation_id)
    return planner_page(
        "offers/hosts/company/templates/hostings.html",
        actor,
        here="hosting",
        days=by_day(hostings[:PAGE]),
        feeds=[(name, f"{edge.settings.base_url}/calendars/{slug}.ics") for name, slug in feeds],
        calendar=calendar,
        awaited=sum(hosting.state(now) == "awaited" for hosting in hostings[:PAGE]),
        following=hostings[PAGE - 1].appointment.session_id if len(hostings) > PAGE else None,
        now=now,
    )


@get("/planification/accueils/{request_id:uuid}", action="read_hosting", include_in_schema=False)
async def get_own_hosting(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
) -> Response[Any]:
    """What is asked for one session, for who is signed in."""
    async with edge.reading() as connection:
        hosting = await read_own_hosting(connection, actor, request_id)
        return await _hosting_page(edge, connection, hosting, actor=actor, now=now)


@post("/planification/accueils/{request_id:uuid}", action="answer_hosting", include_in_schema=False)
async def post_own_hosting(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
) -> Response[Any]:
    """The answer of a member of the company."""
    form = await _form(request)
    async with edge.reading() as connection:
        hosting = await read_own_hosting(connection, actor, request_id)
    try:
        async with edge.transaction() as connection:
            await _answer(connection, actor, hosting, form.parse(), now=now)
    except UnknownHostRequest:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            hosting = await read_own_hosting(connection, actor, request_id)
            return await _hosting_page(edge, connection, hosting, actor=actor, form=form, refusal=refusal, now=now)
    return Redirect(f"/planification/accueils/{request_id}", status_code=303)


async def _answer(connection: Connection, actor: Actor, hosting: Hosting, given: GivenAnswer, *, now: datetime) -> None:
    await answer_host_request(connection, request_id=_asked(hosting), given=given, now=now)
    detail = hosting.say_answer(given.answer)
    await write_audit(connection, actor, "answer_host_request", detail, now=now, offer_id=hosting.offer_id)


async def _hosting_page(
    edge: Edge,
    connection: Connection,
    hosting: Hosting,
    *,
    actor: Actor | None = None,
    form: AnswerForm | None = None,
    refusal: Refusal | None = None,
    now: datetime,
) -> Response[Any]:
    guests = await list_guests(connection, hosting) if hosting.names_visible(now) else []
    session_id = hosting.appointment.session_id
    announced = await list_announced(connection, [session_id])
    values: dict[str, Any] = {
        "hosting": hosting,
        "open": hosting.open_answers(now),
        "guests": guests,
        "visits": announced.get(session_id, []) if hosting.alive else [],
        "form": (form or AnswerForm()).shown(),
        "faults": {refusal.field: refusal.sentence} if refusal and refusal.field else {},
        "trouble": refusal.sentence if refusal and not refusal.field else "",
        "status": refusal.status if refusal else 200,
        "now": now,
    }
    if actor is not None:
        return planner_page("offers/hosts/company/templates/own_hosting.html", actor, here="hosting", **values)
    return page("offers/hosts/company/templates/hosting.html", private=True, action=_address(edge, hosting), **values)


def _address(edge: Edge, hosting: Hosting) -> str:
    return f"/accueil/{edge.signer.token('host', _asked(hosting), hosting.token_version)}"


def _asked(hosting: Hosting) -> UUID:
    if hosting.request_id is None:
        raise UnknownHostRequest
    return hosting.request_id


async def _form(request: Request[Any, Any, Any]) -> AnswerForm:
    return read_answer_form(await form_given(request))


route_handlers: list[Any] = [
    get_hosting,
    post_hosting,
    get_hostings,
    get_own_hosting,
    post_own_hosting,
]
