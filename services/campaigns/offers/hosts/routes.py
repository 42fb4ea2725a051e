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
from services.campaigns.offers.hosts.accept_proposed_time import accept_proposed_time
from services.campaigns.offers.hosts.company.routes import route_handlers as company
from services.campaigns.offers.hosts.find_company import find_company
from services.campaigns.offers.hosts.host_form import HostForm, find_faults, read_host_form
from services.campaigns.offers.hosts.host_request import UnknownHostRequest
from services.campaigns.offers.hosts.keep_planned_time import keep_planned_time
from services.campaigns.offers.hosts.overview import HostedSession, HostOverview
from services.campaigns.offers.hosts.read import (
    PlannedOffer,
    find_planned_offer,
    list_company_names,
    list_hosted_sessions,
)
from services.campaigns.offers.hosts.replace_host import replace_host
from services.campaigns.offers.hosts.request_hosts import request_host, request_hosts
from services.campaigns.offers.hosts.share_names import share_names
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.french_dates import say_moment
from shared.refusal import Refusal

HOSTS = "/planification/{slug:str}/accueils"


@get(HOSTS, action="read_offers", include_in_schema=False)
async def get_hosts(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Which company receives each session, what it answered, and what is left to do until when."""
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, slug)
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
        offer = await _own_offer(connection, actor, slug)
        outcome = await request_hosts(connection, offer_id=offer.id, asked_by=actor.person_id, now=now)
        if outcome.asked:
            detail = f"{outcome.asked} séance(s) : accueil demandé aux entreprises."
            await write_audit(connection, actor, "request_hosts", detail, now=now, offer_id=offer.id)
    return _back(offer)


@get(f"{HOSTS}/{{session_id:uuid}}/demande", action="plan_offers", include_in_schema=False)
async def get_request_form(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Whom to write to for one session."""
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, slug)
        session = await _session(connection, offer, session_id)
    contact = session.contact
    form = HostForm(name=contact.name, email=contact.email) if contact else HostForm()
    return _request_page(actor, offer, session, form, now=now)


@post(f"{HOSTS}/{{session_id:uuid}}/demande", action="plan_offers", include_in_schema=False)
async def post_request(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Ask the company of one session, through the contact it has or the one written here."""
    form = read_host_form(await request.form())
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, slug)
        session = await _session(connection, offer, session_id)
    if faults := find_faults(form.contact):
        return _request_page(actor, offer, session, form, faults=faults, status=422, now=now)
    try:
        async with edge.transaction() as connection:
            await request_host(
                connection, session_id=session_id, contact=form.contact(), asked_by=actor.person_id, now=now
            )
            detail = f"Accueil demandé à {session.host} pour « {session.title} », {say_moment(session.starts_at)}."
            await write_audit(connection, actor, "request_host", detail, now=now, offer_id=offer.id)
    except Refusal as refusal:
        given = {"faults": {refusal.field: refusal.sentence}} if refusal.field else {"trouble": refusal.sentence}
        return _request_page(actor, offer, session, form, status=refusal.status, now=now, **given)
    return _back(offer, session_id)


@get(f"{HOSTS}/{{session_id:uuid}}/remplacement", action="plan_offers", include_in_schema=False)
async def get_replacement_form(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Which company instead, and who is told of it."""
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, slug)
        session = await _session(connection, offer, session_id)
        companies = await list_company_names(connection)
    return _replacement_page(actor, offer, session, companies, HostForm(), now=now)


@post(f"{HOSTS}/{{session_id:uuid}}/remplacement", action="plan_offers", include_in_schema=False)
async def post_replacement(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Another company: it is asked, the one before is released, participants are told."""
    form = read_host_form(await request.form())
    async with edge.reading() as connection:
        offer = await _own_offer(connection, actor, slug)
        session = await _session(connection, offer, session_id)
        companies = await list_company_names(connection)
    if faults := find_faults(form.company_name, form.address, form.contact):
        return _replacement_page(actor, offer, session, companies, form, faults=faults, status=422, now=now)
    try:
        async with edge.transaction() as connection:
            company_id = await find_company(connection, name=form.company_name(), address=form.address())
            await replace_host(
                connection,
                session_id=session_id,
                organisation_id=company_id,
                place=form.address(),
                contact=form.contact(),
                asked_by=actor.person_id,
                now=now,
            )
            detail = (
                f"{form.company_name()} remplace {session.host or 'personne'} pour « {session.title} », "
                f"{say_moment(session.starts_at)}."
            )
            await write_audit(connection, actor, "replace_host", detail, now=now, offer_id=offer.id)
    except Refusal as refusal:
        given = {"faults": {refusal.field: refusal.sentence}} if refusal.field else {"trouble": refusal.sentence}
        return _replacement_page(actor, offer, session, companies, form, status=refusal.status, now=now, **given)
    return _back(offer, session_id)


@post(f"{HOSTS}/{{session_id:uuid}}/horaire", action="plan_offers", include_in_schema=False)
async def post_proposed_time(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Follow the time the company proposes, or keep the planned one and ask again."""
    accepted = (await request.form()).get("suite") == "accepter"
    async with edge.transaction() as connection:
        offer = await _own_offer(connection, actor, slug)
        session = await _session(connection, offer, session_id)
        if session.request_id is None:
            raise UnknownHostRequest
        if accepted:
            await accept_proposed_time(connection, request_id=session.request_id, now=now)
        else:
            await keep_planned_time(connection, request_id=session.request_id, now=now)
        detail = f"Horaire proposé par {session.host} {'accepté' if accepted else 'refusé'} pour « {session.title} »."
        action = "accept_proposed_time" if accepted else "keep_planned_time"
        await write_audit(connection, actor, action, detail, now=now, offer_id=offer.id)
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
        offer = await _own_offer(connection, actor, slug)
        await share_names(connection, offer_id=offer.id, shared=shared, now=now)
        detail = f"Noms des élèves {'partagés avec' if shared else 'retirés à'} les entreprises qui ont confirmé."
        await write_audit(connection, actor, "share_names", detail, now=now, offer_id=offer.id)
    return _back(offer)


async def _own_offer(connection: Connection, actor: Actor, slug: str) -> PlannedOffer:
    offer = await find_planned_offer(connection, slug=slug)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownOffer
    return offer


async def _session(connection: Connection, offer: PlannedOffer, session_id: UUID) -> HostedSession:
    sessions = await list_hosted_sessions(connection, offer.id)
    found = next((session for session in sessions if session.session_id == session_id), None)
    if found is None:
        raise UnknownSession
    return found


def _request_page(
    actor: Actor, offer: PlannedOffer, session: HostedSession, form: HostForm, *, status: int = 200, **given: Any
) -> Response[Any]:
    values = {"faults": {}, "trouble": ""} | given
    return planner_page(
        "offers/hosts/templates/request.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        session=session,
        form=form.shown(),
        **values,
    )


def _replacement_page(
    actor: Actor,
    offer: PlannedOffer,
    session: HostedSession,
    companies: list[str],
    form: HostForm,
    *,
    status: int = 200,
    **given: Any,
) -> Response[Any]:
    values = {"faults": {}, "trouble": ""} | given
    return planner_page(
        "offers/hosts/templates/replacement.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        session=session,
        companies=companies,
        form=form.shown(),
        **values,
    )


def _back(offer: PlannedOffer, session_id: UUID | None = None) -> Response[Any]:
    anchor = f"#seance-{session_id}" if session_id else ""
    return Redirect(f"/planification/{offer.slug}/accueils{anchor}", status_code=303)


route_handlers: list[Any] = [
    get_hosts,
    post_requests,
    get_request_form,
    post_request,
    get_replacement_form,
    post_replacement,
    post_proposed_time,
    post_names,
    *company,
]
