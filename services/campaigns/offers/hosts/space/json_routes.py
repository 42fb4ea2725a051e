"""The secret address of a company's calendar: JSON."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.hosts.space.renew_host_space import renew_host_space
from services.campaigns.offers.hosts.space.routes import note_renewal, own_calendar
from shared.database import Connection

CALENDAR = "/api/v1/host-requests/calendar"


class HostCalendarBody(Struct, frozen=True):
    """The address to subscribe to; whoever has it reads the calendar. Empty where a renewal is only repeated."""

    url: str


@get(CALENDAR, action="read_hosting", summary="The calendar of all sessions the organisation receives")
async def get_calendar(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[HostCalendarBody]:
    """Its secret address, drafts it was asked for included; no pupil is named in it."""
    async with edge.reading() as connection:
        url = await own_calendar(edge, connection, actor.organisation_id)
    return Response(HostCalendarBody(url), headers={"Cache-Control": "no-store"})


@post(f"{CALENDAR}/renewal", action="answer_hosting", status_code=200, summary="Renew the calendar's address")
async def post_calendar_renewal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    idempotency_key: IdempotencyKey = None,
) -> Response[HostCalendarBody]:
    """The address before, and the pages of those written to for the organisation, are not found from now on."""

    async def write(connection: Connection) -> Response[HostCalendarBody]:
        await renew_host_space(connection, holder_id=actor.organisation_id, now=now)
        await note_renewal(connection, actor, now)
        url = await own_calendar(edge, connection, actor.organisation_id)
        return Response(HostCalendarBody(url), status_code=200, headers={"Cache-Control": "no-store"})

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now, kept=_without_secret)


def _without_secret(_: Response[HostCalendarBody]) -> HostCalendarBody:
    """Who repeats the request is told that it is done, and reads the address where it stands."""
    return HostCalendarBody("")


route_handlers: list[Any] = [get_calendar, post_calendar_renewal]
