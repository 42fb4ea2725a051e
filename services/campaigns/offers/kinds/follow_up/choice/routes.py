"""The pupil's page of slots, opened by the personal link; the member's calendar."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.edge import Edge
from services.campaigns.given import form_given, read_id
from services.campaigns.look.pages import page
from services.campaigns.offers.kinds.fields import Fields
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.choice.agenda import head_of, sessions_of
from services.campaigns.offers.kinds.follow_up.choice.read import read_agenda
from services.campaigns.offers.kinds.follow_up.free_slot import free_slot
from services.campaigns.offers.kinds.follow_up.read import list_offered_slots
from services.campaigns.offers.kinds.follow_up.slot import UnknownSlot
from services.campaigns.offers.read import RegistrationState, read_registration
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.subscribing.read import read_calendar_version
from shared.calendar.feed import write_feed
from shared.database import Connection
from shared.refusal import Refusal


@get("/suivi/{token:str}", include_in_schema=False)
async def get_choice(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """The slots still free, and one's own; looking changes nothing."""
    async with edge.reading() as connection:
        state = await registration_of(connection, edge, token)
        return await _page(connection, state, token, now)


@post("/suivi/{token:str}", include_in_schema=False)
async def post_choice(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
) -> Response[Any]:
    """Choose a slot; the one chosen before is given back."""
    slot_id = read_id(Fields(await form_given(request)).text("slot"))
    return await _write(
        edge,
        token,
        now,
        lambda connection, state: (
            book_slot(connection, slot_id=slot_id, registration_id=state.id, now=now) if slot_id else _unknown()
        ),
    )


@post("/suivi/{token:str}/liberation", include_in_schema=False)
async def post_release(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Give the slot back."""
    return await _write(
        edge, token, now, lambda connection, state: free_slot(connection, registration_id=state.id, now=now)
    )


@get("/suivi/agenda/{address:str}", include_in_schema=False)
async def get_agenda(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], address: FromPath[str]
) -> Response[bytes]:
    """The slots of a member that pupils have chosen, for a calendar program to subscribe to."""
    signed = edge.signer.verify("feed", address.removesuffix(".ics"))
    if signed is None:
        raise UnknownSlot
    async with edge.reading() as connection:
        if await read_calendar_version(connection, signed.id) != signed.version:
            raise UnknownSlot
        slots = await read_agenda(connection, signed.id, now=now)
    body = write_feed(
        head_of(edge.settings.base_url, address),
        sessions_of(slots, base_url=edge.settings.base_url),
        domain=edge.settings.mail_domain,
        personal=True,
    )
    return Response(
        body,
        media_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"},
    )


async def _unknown() -> None:
    raise UnknownSlot


async def _write(edge: Edge, token: str, now: datetime, write: Any) -> Response[Any]:
    """Do it, then show where one stands; a refusal is said above the slots as they are now."""
    try:
        async with edge.transaction() as connection:
            await write(connection, await registration_of(connection, edge, token))
    except UnknownRegistration:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            state = await registration_of(connection, edge, token)
            return await _page(connection, state, token, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"/suivi/{token}", status_code=303, headers={"Cache-Control": "no-store"})


async def registration_of(connection: Connection, edge: Edge, token: str) -> RegistrationState:
    """Where the registration of a personal token stands; raises `UnknownRegistration`."""
    signed = edge.signer.read("registration", token)
    state = await read_registration(connection, signed.id)
    if state.token_version != signed.version:
        raise UnknownRegistration
    return state


async def _page(
    connection: Connection, state: RegistrationState, token: str, now: datetime, *, trouble: str = "", status: int = 200
) -> Response[Any]:
    slots = await list_offered_slots(connection, state.id, now=now) if state.status == "confirmed" else []
    return page(
        "offers/kinds/follow_up/choice/templates/choice.html",
        status=status,
        private=True,
        state=state,
        mine=next((slot for slot in slots if slot.mine), None),
        slots=[slot for slot in slots if not slot.mine],
        token=token,
        trouble=trouble,
        now=now,
    )


route_handlers: list[Any] = [get_choice, post_choice, post_release, get_agenda]
