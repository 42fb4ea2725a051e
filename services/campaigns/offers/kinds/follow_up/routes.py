"""Individual follow-up: the page on which slots are offered, for who plans the offer."""

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
from services.campaigns.given import read_id
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.kinds.fields import Fields
from services.campaigns.offers.kinds.follow_up import slot_form
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.cancel_slot import cancel_slot
from services.campaigns.offers.kinds.follow_up.read import (
    FollowUpOffer,
    list_followers,
    list_pupils_without_a_slot,
    list_sessions_for_slots,
    list_slots,
    offer_of_slot,
    read_follow_up_offer,
)
from services.campaigns.offers.kinds.follow_up.slot import InvalidSlots, UnknownSlot
from services.campaigns.offers.kinds.follow_up.slot_form import read_slot_form, texts_of_new
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.subscribing.read import read_calendar_version
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


@get("/planification/{slug:str}/suivi", action="read_pupils", include_in_schema=False)
async def get_follow_up(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """The slots of an offer, who has chosen which, and the form that adds some."""
    async with edge.reading() as connection:
        offer = await _offer(connection, actor, slug)
        return await _page(connection, edge, actor, offer, now)


@post("/planification/{slug:str}/suivi", action="manage_seats", include_in_schema=False)
async def post_slots(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Offer slots, several at once."""
    fields = Fields(await request.form())
    asked = read_slot_form(fields.texts, default_person=actor.person_id)
    async with edge.reading() as connection:
        offer = await _offer(connection, actor, slug)
        if asked.faults:
            return await _page(connection, edge, actor, offer, now, fields.texts, asked.faults, status=422)
    try:
        async with edge.transaction() as connection:
            added = await add_slots(
                connection,
                offer_id=offer.id,
                person_id=asked.person_id,
                times=asked.times,
                place=asked.place,
                online_url=asked.online_url,
                session_id=asked.session_id,
                now=now,
            )
            detail = (
                f"{len(added)} créneau{'x' if len(added) > 1 else ''} de suivi proposé{'s' if len(added) > 1 else ''}."
            )
            await write_audit(connection, actor, "add_slots", detail, now=now, offer_id=offer.id)
    except Refusal as refusal:
        faults = {refusal.field or "starts": refusal.sentence}
        async with edge.reading() as connection:
            return await _page(connection, edge, actor, offer, now, fields.texts, faults, status=refusal.status)
    return Redirect(f"/planification/{slug}/suivi", status_code=303)


@post("/planification/{slug:str}/suivi/{slot_id:uuid}/annulation", action="manage_seats", include_in_schema=False)
async def post_slot_cancellation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    slot_id: FromPath[UUID],
) -> Response[Any]:
    """Cancel a slot; who had chosen it is told."""
    async with edge.transaction() as connection:
        offer = await _offer(connection, actor, slug)
        await _refuse_foreign_slot(connection, offer, slot_id)
        booked = await cancel_slot(connection, slot_id=slot_id, now=now)
        detail = "Créneau de suivi annulé, l’élève est prévenu." if booked else "Créneau de suivi annulé."
        await write_audit(connection, actor, "cancel_slot", detail, now=now, offer_id=offer.id)
    return Redirect(f"/planification/{slug}/suivi", status_code=303)


@post("/planification/{slug:str}/suivi/reservation", action="manage_seats", include_in_schema=False)
async def post_booking_for(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Book a slot for a pupil."""
    fields = Fields(await request.form())
    slot_id, registration_id = read_id(fields.text("slot")), read_id(fields.text("registration_id"))
    async with edge.reading() as connection:
        offer = await _offer(connection, actor, slug)
    try:
        async with edge.transaction() as connection:
            if slot_id is None or registration_id is None:
                raise InvalidSlots(later("Choisissez un créneau et un élève."), field="slot")
            await _refuse_foreign_slot(connection, offer, slot_id)
            await book_slot(connection, slot_id=slot_id, registration_id=registration_id, now=now)
            detail = "Créneau de suivi réservé pour un élève."
            await write_audit(connection, actor, "book_slot", detail, now=now, offer_id=offer.id)
    except (UnknownSlot, UnknownRegistration):
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _page(
                connection, edge, actor, offer, now, fields.texts, trouble=refusal.sentence, status=refusal.status
            )
    return Redirect(f"/planification/{slug}/suivi", status_code=303)


async def _offer(connection: Connection, actor: Actor, slug: str) -> FollowUpOffer:
    offer = await read_follow_up_offer(connection, slug=slug)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownOffer
    return offer


async def _refuse_foreign_slot(connection: Connection, offer: FollowUpOffer, slot_id: UUID) -> None:
    if await offer_of_slot(connection, slot_id) != offer.id:
        raise UnknownSlot


async def _page(
    connection: Connection,
    edge: Edge,
    actor: Actor,
    offer: FollowUpOffer,
    now: datetime,
    texts: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    *,
    trouble: str = "",
    status: int = 200,
) -> Response[Any]:
    slots = await list_slots(connection, offer.id)
    version = await read_calendar_version(connection, actor.person_id) if actor.person_id else None
    return planner_page(
        "offers/kinds/follow_up/templates/follow_up.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        slots=slots,
        booked=sum(bool(slot.registration_id) for slot in slots),
        pupils=await list_pupils_without_a_slot(connection, offer.id),
        followers=await list_followers(connection, offer.organisation_id),
        sessions=slot_form.options_of(await list_sessions_for_slots(connection, offer.id)),
        durations=slot_form.DURATIONS,
        free=slot_form.free_options(slots, now),
        texts=texts_of_new(offer.first_day, now, actor.person_id) | (texts or {}),
        faults=faults or {},
        trouble=trouble,
        agenda=(
            f"/calendars/suivi/{edge.signer.token('slots_feed', actor.person_id, version)}.ics"
            if actor.person_id and version
            else ""
        ),
        now=now,
    )


route_handlers: list[Any] = [get_follow_up, post_slots, post_slot_cancellation, post_booking_for]
