"""Hosts: the planner's JSON; that of the companies stands beside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.hosts.accept_proposed_time import accept_proposed_time
from services.campaigns.offers.hosts.bodies import (
    AskedHostsBody,
    AskHostsBody,
    HostContactBody,
    HostedSessionBody,
    HostedSessionsBody,
    NamesSharingBody,
    NewHostBody,
    hosted_session_body,
)
from services.campaigns.offers.hosts.company.json_routes import route_handlers as company
from services.campaigns.offers.hosts.find_company import find_company
from services.campaigns.offers.hosts.host_form import HostForm
from services.campaigns.offers.hosts.host_request import Contact, UnknownHostRequest, parse_contact
from services.campaigns.offers.hosts.keep_planned_time import keep_planned_time
from services.campaigns.offers.hosts.overview import HostedSession
from services.campaigns.offers.hosts.read import (
    PlannedOffer,
    find_planned_offer,
    list_hosted_sessions,
    read_hosted_session,
)
from services.campaigns.offers.hosts.replace_host import replace_host
from services.campaigns.offers.hosts.request_hosts import request_host, request_hosts
from services.campaigns.offers.hosts.share_names import share_names
from services.campaigns.offers.hosts.space.json_routes import route_handlers as space
from services.campaigns.offers.life.consequences.consequences import Words, checked_note
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.french_dates import say_moment
from shared.languages import speaking

OFFER = "/api/v1/offers/{offer_id:uuid}"
NO_STORE = {"Cache-Control": "no-store"}


@get(f"{OFFER}/host-requests", action="read_offers", summary="Who receives each session, and what they answered")
async def get_host_requests(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> Response[HostedSessionsBody]:
    """The planned sessions of an offer with the newest request to the host each has."""
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, offer_id)
        sessions = await list_hosted_sessions(connection, offer.id)
    body = HostedSessionsBody([hosted_session_body(session) for session in sessions], offer.names_shared_at)
    return Response(body, headers=NO_STORE)


@post(f"{OFFER}/host-requests", action="plan_offers", summary="Ask companies to host")
async def post_host_requests(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[AskHostsBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[AskedHostsBody]:
    """One session, or all that nobody was asked for yet; nobody is asked twice."""
    contact = _contact(data.contact)

    async def write(connection: Connection) -> Response[AskedHostsBody]:
        offer = await _own_offer(connection, actor, offer_id)
        if data.session_id is not None:
            session = await read_hosted_session(connection, offer.id, data.session_id)
            await request_host(
                connection, session_id=session.session_id, contact=contact, asked_by=actor.person_id, now=now
            )
            with speaking("fr"):
                detail = f"Accueil demandé à {session.host} pour « {session.title} », {say_moment(session.starts_at)}."
            await write_audit(connection, actor, "request_host", detail, now=now, offer_id=offer.id)
            return Response(AskedHostsBody(1, ()), status_code=201)
        outcome = await request_hosts(connection, offer_id=offer.id, asked_by=actor.person_id, now=now)
        detail = f"Accueil demandé pour {outcome.asked} séance{'s' if outcome.asked > 1 else ''}."
        await write_audit(connection, actor, "request_hosts", detail, now=now, offer_id=offer.id)
        return Response(AskedHostsBody(outcome.asked, outcome.unknown), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@put("/api/v1/sessions/{session_id:uuid}/host", action="plan_offers", summary="Replace the host of a session")
async def put_host(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[NewHostBody],
) -> HostedSessionBody:
    """The new company is asked, the one before released, participants told."""
    form, contact = HostForm(company=data.company, place=data.place), _contact(data.contact)
    place, words = form.address(), Words(note=checked_note(data.note), hold=data.hold)
    name = form.company_name() if data.organisation_id is None else ""
    async with edge.transaction() as connection:
        offer = await _offer_of_session(connection, actor, session_id)
        before = await read_hosted_session(connection, offer.id, session_id)
        company_id = data.organisation_id or await find_company(connection, name=name, address=place)
        await replace_host(
            connection,
            session_id=session_id,
            organisation_id=company_id,
            place=place,
            contact=contact,
            asked_by=actor.person_id,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        after = await read_hosted_session(connection, offer.id, session_id)
        detail = f"{after.host} remplace {before.host or 'personne'} pour « {after.title} »."
        await write_audit(connection, actor, "replace_host", detail, now=now, offer_id=offer.id)
    return hosted_session_body(after)


@post(
    "/api/v1/host-requests/{request_id:uuid}/proposed-time/acceptance",
    action="plan_offers",
    status_code=200,
    summary="Accept the time a company proposes",
)
async def post_acceptance(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[HostedSessionBody]:
    """The session moves there, participants are told, the company is confirmed."""

    async def write(connection: Connection) -> Response[HostedSessionBody]:
        offer, session = await _of_request(connection, actor, request_id)
        await accept_proposed_time(connection, request_id=request_id, now=now)
        detail = f"Horaire proposé par {session.host} accepté pour « {session.title} »."
        await write_audit(connection, actor, "accept_proposed_time", detail, now=now, offer_id=offer.id)
        return Response(
            hosted_session_body(await read_hosted_session(connection, offer.id, session.session_id)), status_code=200
        )

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/host-requests/{request_id:uuid}/proposed-time/refusal",
    action="plan_offers",
    status_code=200,
    summary="Keep the planned time",
)
async def post_refusal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[HostedSessionBody]:
    """The company is asked for the planned time again."""

    async def write(connection: Connection) -> Response[HostedSessionBody]:
        offer, session = await _of_request(connection, actor, request_id)
        await keep_planned_time(connection, request_id=request_id, now=now)
        detail = f"Horaire proposé par {session.host} refusé pour « {session.title} »."
        await write_audit(connection, actor, "keep_planned_time", detail, now=now, offer_id=offer.id)
        return Response(
            hosted_session_body(await read_hosted_session(connection, offer.id, session.session_id)), status_code=200
        )

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@put(f"{OFFER}/names-sharing", action="plan_offers", summary="Share the pupils’ names with hosts, or no longer")
async def put_names_sharing(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NamesSharingBody],
) -> HostedSessionsBody:
    """Companies that have confirmed see name, school and class until the day after."""
    async with edge.transaction() as connection:
        offer = await _own_offer(connection, actor, offer_id)
        await share_names(connection, offer_id=offer.id, shared=data.shared, now=now)
        detail = f"Noms des élèves {'partagés avec' if data.shared else 'retirés à'} les entreprises qui ont confirmé."
        await write_audit(connection, actor, "share_names", detail, now=now, offer_id=offer.id)
        offer = await _own_offer(connection, actor, offer_id)
        sessions = await list_hosted_sessions(connection, offer.id)
    return HostedSessionsBody([hosted_session_body(session) for session in sessions], offer.names_shared_at)


async def _own_offer(connection: Connection, actor: Actor, offer_id: UUID) -> PlannedOffer:
    offer = await find_planned_offer(connection, offer_id=offer_id)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownOffer
    return offer


async def _offer_of_session(connection: Connection, actor: Actor, session_id: UUID) -> PlannedOffer:
    offer = await find_planned_offer(connection, session_id=session_id)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownSession
    return offer


async def _of_request(connection: Connection, actor: Actor, request_id: UUID) -> tuple[PlannedOffer, HostedSession]:
    offer = await find_planned_offer(connection, request_id=request_id)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownHostRequest
    sessions = await list_hosted_sessions(connection, offer.id)
    found = next((session for session in sessions if session.request_id == request_id), None)
    if found is None:
        raise UnknownHostRequest
    return offer, found


def _contact(given: HostContactBody | None) -> Contact | None:
    return parse_contact(name=given.name, email=given.email) if given else None


route_handlers: list[Any] = [
    get_host_requests,
    post_host_requests,
    put_host,
    post_acceptance,
    post_refusal,
    put_names_sharing,
    *company,
    *space,
]
