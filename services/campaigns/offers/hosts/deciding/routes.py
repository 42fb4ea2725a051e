"""Deciding: another company, or the time one proposes; the planner sees who is told, and what, before it is done."""

from datetime import datetime
from functools import partial
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
from services.campaigns.offers.hosts.find_company import find_company
from services.campaigns.offers.hosts.host_form import HostForm, find_faults, read_host_form
from services.campaigns.offers.hosts.host_request import UnknownHostRequest
from services.campaigns.offers.hosts.keep_planned_time import keep_planned_time
from services.campaigns.offers.hosts.overview import HostedSession
from services.campaigns.offers.hosts.read import (
    PlannedOffer,
    list_company_names,
    read_hosted_session,
    read_own_offer,
)
from services.campaigns.offers.hosts.replace_host import replace_host
from services.campaigns.offers.life.consequences.consequences import Consequences, Words, read_words
from services.campaigns.offers.life.consequences.read import read_consequences
from services.campaigns.offers.life.sheet_form import texts_of
from shared.database import Connection
from shared.french_dates import say_moment
from shared.languages import _, speaking
from shared.refusal import Refusal

LINE = "/planification/{slug:str}/accueils/{session_id:uuid}"


@get(f"{LINE}/remplacement", action="plan_offers", include_in_schema=False)
async def get_replacement_form(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Which company instead, and who is told of it."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
        companies = await list_company_names(connection)
    return _replacement_page(actor, offer, session, companies, HostForm())


@post(f"{LINE}/remplacement", action="plan_offers", include_in_schema=False)
async def post_replacement(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Another company: it is asked, the one before is released, participants are told once that is confirmed."""
    fields = texts_of(await request.form())
    form = read_host_form(fields)
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
        companies = await list_company_names(connection)
    if faults := find_faults(form.company_name, form.address, form.contact, partial(read_words, fields)):
        return _replacement_page(actor, offer, session, companies, form, faults=faults, status=422)

    async def replace(connection: Connection, *, words: Words, rehearsed: bool = False) -> None:
        name, place = form.company_name(), form.address()
        await replace_host(
            connection,
            session_id=session_id,
            organisation_id=await find_company(connection, name=name, address=place, rehearsed=rehearsed),
            place=place,
            contact=form.contact(),
            asked_by=actor.person_id,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        with speaking("fr"):
            moment = say_moment(session.starts_at)
        detail = f"{name} remplace {session.host or 'personne'} pour « {session.title} », {moment}."
        await write_audit(connection, actor, "replace_host", detail, now=now, offer_id=offer.id)

    try:
        words = read_words(fields)
        if not fields.get("confirmed"):
            seen = await read_consequences(edge, offer.id, partial(replace, words=words, rehearsed=True))
            if seen.told.participants:
                hidden = {"company": form.company, "place": form.place, "name": form.name, "email": form.email}
                heading = (
                    _("Remplacer {host}", host=session.host)
                    if session.host
                    else _("Choisir {host}", host=form.company_name())
                )
                return _panel(actor, offer, session, "remplacement", heading, hidden, seen, words)
        async with edge.transaction() as connection:
            await replace(connection, words=words)
    except Refusal as refusal:
        given = {"faults": {refusal.field: refusal.sentence}} if refusal.field else {"trouble": refusal.sentence}
        return _replacement_page(actor, offer, session, companies, form, status=refusal.status, **given)
    return _back(offer, session_id)


@post(f"{LINE}/horaire", action="plan_offers", include_in_schema=False)
async def post_proposed_time(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Follow the time the company proposes, or keep the planned one and ask again."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        session = await read_hosted_session(connection, offer.id, session_id)
    request_id = session.request_id
    if request_id is None:
        raise UnknownHostRequest
    if fields.get("suite") != "accepter":
        async with edge.transaction() as connection:
            await keep_planned_time(connection, request_id=request_id, now=now)
            detail = f"Horaire proposé par {session.host} refusé pour « {session.title} »."
            await write_audit(connection, actor, "keep_planned_time", detail, now=now, offer_id=offer.id)
        return _back(offer, session_id)

    async def accept(connection: Connection, *, words: Words) -> None:
        tell_after = words.tell_after(now)
        await accept_proposed_time(connection, request_id=request_id, note=words.note, tell_after=tell_after, now=now)
        detail = f"Horaire proposé par {session.host} accepté pour « {session.title} »."
        await write_audit(connection, actor, "accept_proposed_time", detail, now=now, offer_id=offer.id)

    words = read_words(fields)
    if not fields.get("confirmed"):
        seen = await read_consequences(edge, offer.id, partial(accept, words=words))
        if seen.told.participants:
            heading = _("Accepter l’horaire de {host}", host=session.host)
            return _panel(actor, offer, session, "horaire", heading, {"suite": "accepter"}, seen, words)
    async with edge.transaction() as connection:
        await accept(connection, words=words)
    return _back(offer, session_id)


def _panel(
    actor: Actor,
    offer: PlannedOffer,
    session: HostedSession,
    path: str,
    heading: str,
    hidden: dict[str, str],
    seen: Consequences,
    words: Words,
) -> Response[Any]:
    return planner_page(
        "offers/hosts/deciding/templates/panel.html",
        actor,
        here="offers",
        offer=offer,
        session=session,
        action=f"/planification/{offer.slug}/accueils/{session.session_id}/{path}",
        heading=heading,
        hidden=hidden,
        told=seen.told,
        mail=seen.mail,
        words_added=words,
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
        "offers/hosts/deciding/templates/replacement.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        session=session,
        companies=companies,
        form=form.shown(),
        **values,
    )


def _back(offer: PlannedOffer, session_id: UUID) -> Response[Any]:
    return Redirect(f"/planification/{offer.slug}/accueils#seance-{session_id}", status_code=303)


route_handlers: list[Any] = [get_replacement_form, post_replacement, post_proposed_time]
