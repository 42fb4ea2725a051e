"""Hosts: the planner's pages about the companies of an offer; those of the companies stand beside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.asking.routes import route_handlers as asking
from services.campaigns.offers.hosts.company.routes import route_handlers as company
from services.campaigns.offers.hosts.deciding.routes import route_handlers as deciding
from services.campaigns.offers.hosts.host_request import GivenAnswer, UnknownHostRequest
from services.campaigns.offers.hosts.overview import HostOverview
from services.campaigns.offers.hosts.read import (
    PlannedOffer,
    list_hosted_sessions,
    read_hosted_session,
    read_own_offer,
)
from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.hosts.share_names import share_names
from services.campaigns.offers.hosts.space.routes import route_handlers as space
from shared.french_dates import say_moment
from shared.languages import speaking

HOSTS = "/planification/{slug:str}/accueils"


@get(HOSTS, action="read_offers", include_in_schema=False)
async def get_hosts(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Which company receives each session, what it answered, and what is left to do until when."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        sessions = await list_hosted_sessions(connection, offer.id)
    return planner_page(
        "offers/hosts/templates/hosts.html",
        actor,
        here="offers",
        offer=offer,
        overview=HostOverview(sessions=tuple(sessions), now=now),
        now=now,
    )


@post(f"{HOSTS}/demandes", action="plan_offers", include_in_schema=False)
async def post_requests(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Ask every company that can be reached and was not asked yet."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        outcome = await request_hosts(connection, offer_id=offer.id, asked_by=actor.person_id, now=now)
        if outcome.asked:
            detail = f"Accueil demandé pour {outcome.asked} séance{'s' if outcome.asked > 1 else ''}."
            await write_audit(connection, actor, "request_hosts", detail, now=now, offer_id=offer.id)
    return _back(offer)


@post(f"{HOSTS}/{{session_id:uuid}}/reponse", action="plan_offers", include_in_schema=False)
async def post_spoken_answer(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """The company said yes on the telephone: the planner notes it."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
        if session.request_id is None:
            raise UnknownHostRequest
        await answer_host_request(
            connection, request_id=session.request_id, given=GivenAnswer(answer="confirmed"), now=now
        )
        with speaking("fr"):
            detail = f"Accord de {session.host} noté pour « {session.title} », {say_moment(session.starts_at)}."
        await write_audit(connection, actor, "answer_host_request", detail, now=now, offer_id=offer.id)
    return _back(offer, session_id)


@post(f"{HOSTS}/noms", action="plan_offers", include_in_schema=False)
async def post_names(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Show the pupils' names to the companies that have confirmed, or keep them again."""
    shared = (await request.form()).get("partager") == "oui"
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        await share_names(connection, offer_id=offer.id, shared=shared, now=now)
        detail = f"Noms des élèves {'partagés avec' if shared else 'retirés à'} les entreprises qui ont confirmé."
        await write_audit(connection, actor, "share_names", detail, now=now, offer_id=offer.id)
    return _back(offer)


def _back(offer: PlannedOffer, session_id: UUID | None = None) -> Response[Any]:
    anchor = f"#seance-{session_id}" if session_id else ""
    return Redirect(f"/planification/{offer.slug}/accueils{anchor}", status_code=303)


route_handlers: list[Any] = [
    get_hosts,
    post_requests,
    post_spoken_answer,
    post_names,
    *asking,
    *deciding,
    *company,
    *space,
]
