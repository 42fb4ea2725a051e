"""The company's JSON: signed in (or by the organisation's token) for all its sessions, and by the link of a mail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.bodies import HostAnswerBody, HostingBody, HostingsBody
from services.campaigns.offers.hosts.company.hosting import Hosting
from services.campaigns.offers.hosts.company.read import (
    PAGE,
    list_hostings,
    read_hosting,
    read_linked_hosting,
    read_own_hosting,
)
from services.campaigns.offers.hosts.host_request import GivenAnswer, parse_answer
from services.campaigns.offers.registration import InvalidField
from shared.database import Connection
from shared.languages import later

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
NO_STORE = {"Cache-Control": "no-store"}


@get("/api/v1/host-requests", action="read_hosting", summary="All sessions the organisation receives")
async def get_hostings(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], after: After = None
) -> Response[HostingsBody]:
    """Of all campaigns, in the order of their days, past ones last, a hundred a page."""
    try:
        key = UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error
    async with edge.reading() as connection:
        hostings = await list_hostings(connection, actor.organisation_id, now=now, after=key, limit=PAGE + 1)
    following = str(hostings[PAGE - 1].appointment.session_id) if len(hostings) > PAGE else None
    return Response(HostingsBody([_body(one, now) for one in hostings[:PAGE]], following), headers=NO_STORE)


@post(
    "/api/v1/host-requests/{request_id:uuid}/answer",
    action="answer_hosting",
    status_code=200,
    summary="Answer a request to host",
)
async def post_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
    data: JSONBody[HostAnswerBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[HostingBody]:
    """Confirm, propose another time, decline, or withdraw what was confirmed; the planners are told at once."""
    given = _given(data)

    async def write(connection: Connection) -> Response[HostingBody]:
        hosting = await read_own_hosting(connection, actor, request_id)
        await answer_host_request(connection, request_id=request_id, given=given, now=now)
        detail = hosting.say_answer(given.answer)
        await write_audit(connection, actor, "answer_host_request", detail, now=now, offer_id=hosting.offer_id)
        return _answered(await read_hosting(connection, request_id), now)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get("/api/v1/host-requests/links/{token:str}", summary="What the link of a mail asks")
async def get_linked_hosting(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[HostingBody]:
    """The session a company is asked to host, by the token of its mail."""
    async with edge.reading() as connection:
        _, hosting = await read_linked_hosting(connection, edge.signer, token)
    return _answered(hosting, now)


@post("/api/v1/host-requests/links/{token:str}/answer", status_code=200, summary="Answer by the link of a mail")
async def post_linked_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[HostAnswerBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[HostingBody]:
    """The same answers, without account."""
    given = _given(data)
    async with edge.reading() as connection:
        request_id, hosting = await read_linked_hosting(connection, edge.signer, token)

    async def write(connection: Connection) -> Response[HostingBody]:
        await answer_host_request(connection, request_id=request_id, given=given, now=now)
        detail = hosting.say_answer(given.answer)
        await write_audit(
            connection, hosting.linked_actor, "answer_host_request", detail, now=now, offer_id=hosting.offer_id
        )
        return _answered(await read_hosting(connection, request_id), now)

    return await answer_once(request, edge, request_id, idempotency_key, write, now=now)


def _given(data: HostAnswerBody) -> GivenAnswer:
    return parse_answer(data.answer, word=data.word, starts_at=data.starts_at, ends_at=data.ends_at)


def _answered(hosting: Hosting, now: datetime) -> Response[HostingBody]:
    return Response(_body(hosting, now), status_code=200, headers=NO_STORE)


def _body(hosting: Hosting, now: datetime) -> HostingBody:
    session = hosting.appointment
    return HostingBody(
        request_id=hosting.request_id,
        session_id=session.session_id,
        host=hosting.host,
        campaign=hosting.campaign,
        offer=session.offer,
        organiser=session.organisation,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place if hosting.alive else "",
        expected=session.expected,
        contact=session.contact,
        pupils=session.pupils,
        status=hosting.status,
        planned=hosting.planned,
        word=hosting.word,
        answer_by=hosting.answer_by,
        proposed_starts_at=hosting.proposed_starts_at,
        proposed_ends_at=hosting.proposed_ends_at,
        open_answers=tuple(sorted(hosting.open_answers(now))),
    )


route_handlers: list[Any] = [get_hostings, post_answer, get_linked_hosting, post_linked_answer]
