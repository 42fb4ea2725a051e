"""One-to-one slots for who plans an offer: JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.bodies import BookingBody, NewSlotsBody, SlotsBody, slots_body
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.cancel_slot import cancel_slot
from services.campaigns.offers.kinds.follow_up.read import list_slots, offer_of_slot, read_follow_up_offer
from services.campaigns.offers.kinds.follow_up.slot import UnknownSlot
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection


@get("/api/v1/offers/{offer_id:uuid}/follow-up-slots", action="read_pupils", summary="The one-to-one slots of an offer")
async def get_slots_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> Response[SlotsBody]:
    """Free and chosen, by time."""
    async with edge.reading() as connection:
        await _own_offer(connection, actor, offer_id)
        body = slots_body(await list_slots(connection, offer_id))
    return Response(body, headers={"Cache-Control": "no-store"})


@post(
    "/api/v1/offers/{offer_id:uuid}/follow-up-slots",
    action="manage_seats",
    status_code=201,
    summary="Offer one-to-one slots",
)
async def post_slots_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NewSlotsBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SlotsBody]:
    """All of them or none; nobody is in two slots at a time."""

    async def write(connection: Connection) -> Response[SlotsBody]:
        await _own_offer(connection, actor, offer_id)
        added = await add_slots(
            connection,
            offer_id=offer_id,
            person_id=data.person_id or actor.person_id,
            times=data.slots,
            place=data.place.strip(),
            online_url=data.online_url.strip(),
            session_id=data.session_id,
            now=now,
        )
        detail = f"Créneaux de suivi proposés : {len(added)}."
        await write_audit(connection, actor, "add_slots", detail, now=now, offer_id=offer_id)
        slots = [slot for slot in await list_slots(connection, offer_id) if slot.id in added]
        return Response(slots_body(slots), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/follow-up-slots/{slot_id:uuid}/booking",
    action="manage_seats",
    status_code=200,
    summary="Book a slot for a pupil",
)
async def post_booking_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slot_id: FromPath[UUID],
    data: JSONBody[BookingBody],
) -> SlotsBody:
    """A slot the pupil had is given back; booking the same again changes nothing. Answers with the slot."""
    async with edge.transaction() as connection:
        offer_id = await _own_slot(connection, actor, slot_id)
        await book_slot(connection, slot_id=slot_id, registration_id=data.registration_id, now=now)
        detail = "Créneau de suivi réservé pour un élève."
        await write_audit(connection, actor, "book_slot", detail, now=now, offer_id=offer_id)
        return slots_body([slot for slot in await list_slots(connection, offer_id) if slot.id == slot_id])


@post(
    "/api/v1/follow-up-slots/{slot_id:uuid}/cancellation",
    action="manage_seats",
    status_code=204,
    summary="Cancel a slot",
)
async def post_slot_cancellation_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slot_id: FromPath[UUID],
) -> None:
    """Who had chosen it is told; one that is cancelled already is not found."""
    async with edge.transaction() as connection:
        offer_id = await _own_slot(connection, actor, slot_id)
        await cancel_slot(connection, slot_id=slot_id, now=now)
        await write_audit(connection, actor, "cancel_slot", "Créneau de suivi annulé.", now=now, offer_id=offer_id)


async def _own_offer(connection: Connection, actor: Actor, offer_id: UUID) -> None:
    offer = await read_follow_up_offer(connection, offer_id=offer_id)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownOffer


async def _own_slot(connection: Connection, actor: Actor, slot_id: UUID) -> UUID:
    offer_id = await offer_of_slot(connection, slot_id)
    if offer_id is None:
        raise UnknownSlot
    if not actor.acts_for((await read_follow_up_offer(connection, offer_id=offer_id)).organisation_id):
        raise UnknownSlot
    return offer_id


route_handlers: list[Any] = [get_slots_json, post_slots_json, post_booking_json, post_slot_cancellation_json]
