"""The week builder: JSON of sessions; days, groups and the state of the week have their own files."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.builder.add_session import add_session
from services.campaigns.offers.builder.bodies import (
    NewSessionBody,
    PlannedSessionBody,
    PlannedSessionsBody,
    SessionChangeBody,
    new_session_change,
    session_body,
)
from services.campaigns.offers.builder.days.json_routes import route_handlers as days
from services.campaigns.offers.builder.groups.json_routes import route_handlers as groups
from services.campaigns.offers.builder.read import list_sessions, read_built_session
from services.campaigns.offers.builder.remove_session import remove_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.kinds.versions import version_of
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.read import offer_of_session, organisation_of_offer, organisation_of_session
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.languages import later

PAGE = 100
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The session's version, quoted or bare")]
After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/offers/{offer_id:uuid}/sessions", action="plan_offers", summary="The sessions of an offer, for planners")
async def get_sessions(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], after: After = None
) -> Response[PlannedSessionsBody]:
    """Drafts and cancelled sessions included, by id, a hundred a page."""
    async with edge.reading() as connection:
        if not actor.acts_for(await organisation_of_offer(connection, offer_id)):
            raise UnknownOffer
        found = await list_sessions(connection, offer_id, after=_key(after), limit=PAGE + 1)
    following = str(found[PAGE - 1].id) if len(found) > PAGE else None
    body = PlannedSessionsBody([session_body(session) for session in found[:PAGE]], following)
    return Response(body, headers={"Cache-Control": "no-store"})


@post(
    "/api/v1/offers/{offer_id:uuid}/sessions",
    action="plan_offers",
    summary="Add a session",
    responses={
        201: ResponseSpec(PlannedSessionBody, generate_examples=False, description="Added; its version is the ETag")
    },
)
async def post_session_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NewSessionBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedSessionBody]:
    """On a day of the offer; in a published offer everybody it concerns is told. 409 for a clash, by name."""

    async def write(connection: Connection) -> Response[PlannedSessionBody]:
        if not actor.acts_for(await organisation_of_offer(connection, offer_id)):
            raise UnknownOffer
        words = data.words()
        session_id = await add_session(
            connection,
            offer_id=offer_id,
            session=new_session_change(data),
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        session = await read_built_session(connection, session_id)
        detail = f"a ajouté la séance « {session.title} »."
        await write_audit(connection, actor, "add_session", detail, now=now, offer_id=offer_id)
        headers = {"ETag": f'"{session.version}"', "Location": f"/api/v1/sessions/{session.id}"}
        return Response(session_body(session), status_code=201, headers=headers)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get("/api/v1/sessions/{session_id:uuid}", action="plan_offers", summary="A session, for planners")
async def get_session_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], session_id: FromPath[UUID]
) -> Response[PlannedSessionBody]:
    """All a planner may change of it; the ETag is its version."""
    async with edge.reading() as connection:
        if not actor.acts_for(await organisation_of_session(connection, session_id)):
            raise UnknownSession
        session = await read_built_session(connection, session_id)
    return Response(session_body(session), headers={"ETag": f'"{session.version}"', "Cache-Control": "no-store"})


@patch("/api/v1/sessions/{session_id:uuid}", action="plan_offers", summary="Change a session")
async def patch_session(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[SessionChangeBody],
    if_match: IfMatch = None,
) -> Response[PlannedSessionBody]:
    """Any of the fields; in a published offer everybody who has the session in the programme is told."""
    expected, words = version_of(if_match), data.words()
    async with edge.transaction() as connection:
        if not actor.acts_for(await organisation_of_session(connection, session_id)):
            raise UnknownSession
        await change_session(
            connection,
            session_id=session_id,
            change=data.change(),
            if_match=expected,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        session = await read_built_session(connection, session_id)
        offer_id = await offer_of_session(connection, session_id)
        await write_audit(connection, actor, "change_session", f"« {session.title} »", now=now, offer_id=offer_id)
    return Response(session_body(session), headers={"ETag": f'"{session.version}"'})


@delete("/api/v1/sessions/{session_id:uuid}", action="plan_offers", summary="Remove a draft's session")
async def delete_session(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    if_match: IfMatch = None,
) -> None:
    """As if it had never been. A published offer's is cancelled instead (409 `only-cancelled`)."""
    expected = version_of(if_match)
    async with edge.transaction() as connection:
        if not actor.acts_for(await organisation_of_session(connection, session_id)):
            raise UnknownSession
        offer_id = await offer_of_session(connection, session_id)
        title = (await read_built_session(connection, session_id)).title
        await remove_session(connection, session_id=session_id, if_match=expected, now=now)
        detail = f"a retiré la séance « {title} »."
        await write_audit(connection, actor, "remove_session", detail, now=now, offer_id=offer_id)


def _key(after: str | None) -> UUID | None:
    try:
        return UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error


route_handlers: list[Any] = [
    get_sessions,
    post_session_json,
    get_session_json,
    patch_session,
    delete_session,
    *days,
    *groups,
]
