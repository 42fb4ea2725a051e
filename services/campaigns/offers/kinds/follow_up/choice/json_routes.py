"""One-to-one slots for the pupil who chooses: JSON, opened by the personal token."""

from datetime import datetime
from typing import Any

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.edge import Edge
from services.campaigns.offers.kinds.follow_up.bodies import ChoiceBody, OfferedSlotsBody, offered_body
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.choice.routes import registration_of
from services.campaigns.offers.kinds.follow_up.free_slot import free_slot
from services.campaigns.offers.kinds.follow_up.read import list_offered_slots


@get("/api/v1/registrations/{token:str}/follow-up-slots", summary="The slots a pupil may choose")
async def get_choice_json(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[OfferedSlotsBody]:
    """Those still free, and the pupil's own; empty without a confirmed seat."""
    async with edge.reading() as connection:
        state = await registration_of(connection, edge, token)
        slots = await list_offered_slots(connection, state.id, now=now) if state.status == "confirmed" else []
    return Response(offered_body(slots), headers={"Cache-Control": "no-store"})


@put("/api/v1/registrations/{token:str}/follow-up-slot", summary="Choose a slot")
async def put_choice(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[ChoiceBody],
) -> OfferedSlotsBody:
    """The one chosen before is given back; choosing the same again changes nothing."""
    async with edge.transaction() as connection:
        state = await registration_of(connection, edge, token)
        await book_slot(connection, slot_id=data.slot_id, registration_id=state.id, now=now)
        return offered_body(await list_offered_slots(connection, state.id, now=now))


@delete("/api/v1/registrations/{token:str}/follow-up-slot", summary="Give the slot back")
async def delete_choice(edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]) -> None:
    """Somebody else may choose it."""
    async with edge.transaction() as connection:
        state = await registration_of(connection, edge, token)
        await free_slot(connection, registration_id=state.id, now=now)


route_handlers: list[Any] = [get_choice_json, put_choice, delete_choice]
