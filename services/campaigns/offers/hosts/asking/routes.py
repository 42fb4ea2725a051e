"""Asking: the planner's form about whom to write to for one session."""

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
from services.campaigns.offers.hosts.host_form import HostForm, find_faults, read_host_form
from services.campaigns.offers.hosts.overview import HostedSession
from services.campaigns.offers.hosts.read import (
    PlannedOffer,
    read_hosted_session,
    read_own_offer,
)
from services.campaigns.offers.hosts.request_hosts import request_host
from shared.french_dates import say_moment
from shared.languages import speaking
from shared.refusal import Refusal

LINE = "/planification/{slug:str}/accueils/{session_id:uuid}"


@get(f"{LINE}/demande", action="plan_offers", include_in_schema=False)
async def get_request_form(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Whom to write to for one session."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
    contact = session.contact
    form = HostForm(name=contact.name, email=contact.email) if contact else HostForm()
    return _request_page(actor, offer, session, form, now=now)


@post(f"{LINE}/demande", action="plan_offers", include_in_schema=False)
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
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
    if faults := find_faults(form.contact):
        return _request_page(actor, offer, session, form, faults=faults, status=422, now=now)
    try:
        async with edge.transaction() as connection:
            await request_host(
                connection, session_id=session_id, contact=form.contact(), asked_by=actor.person_id, now=now
            )
            with speaking("fr"):
                detail = f"Accueil demandé à {session.host} pour « {session.title} », {say_moment(session.starts_at)}."
            await write_audit(connection, actor, "request_host", detail, now=now, offer_id=offer.id)
    except Refusal as refusal:
        given = {"faults": {refusal.field: refusal.sentence}} if refusal.field else {"trouble": refusal.sentence}
        return _request_page(actor, offer, session, form, status=refusal.status, now=now, **given)
    return _back(offer, session_id)


def _request_page(
    actor: Actor, offer: PlannedOffer, session: HostedSession, form: HostForm, *, status: int = 200, **given: Any
) -> Response[Any]:
    values = {"faults": {}, "trouble": ""} | given
    return planner_page(
        "offers/hosts/asking/templates/request.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        session=session,
        form=form.shown(),
        **values,
    )


def _back(offer: PlannedOffer, session_id: UUID) -> Response[Any]:
    return Redirect(f"/planification/{offer.slug}/accueils#seance-{session_id}", status_code=303)


route_handlers: list[Any] = [get_request_form, post_request]
