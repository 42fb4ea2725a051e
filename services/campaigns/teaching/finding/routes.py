"""Where there is room: the open offers as a teacher chooses among them, each with a way to enrol who has nothing."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.teaching.finding.choice import KINDS, free_seats, read_choice
from services.campaigns.teaching.finding.read import list_room, list_with_nothing

OFFERS_AT_MOST = 200

Kind = Annotated[str, QueryParameter(name="genre")]
Place = Annotated[str, QueryParameter(name="lieu")]
First = Annotated[str, QueryParameter(name="du")]
Last = Annotated[str, QueryParameter(name="au")]
Seats = Annotated[str, QueryParameter(name="places")]


@get("/planification/eleves/offres", action="follow_pupils", include_in_schema=False)
async def get_room(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    kind: Kind = "",
    place: Place = "",
    first: First = "",
    last: Last = "",
    seats: Seats = "",
) -> Response[Any]:
    """The offers my pupils can join, with their free seats."""
    choice = read_choice(kind=kind, place=place, first=first, last=last, seats=seats)
    async with edge.reading() as connection:
        offers = await list_room(
            connection, choice, organisation_id=actor.organisation_id, now=now, limit=OFFERS_AT_MOST
        )
        pupils = await list_with_nothing(connection, actor, now=now)
    return planner_page(
        "teaching/finding/templates/room.html",
        actor,
        here="pupils",
        choice=choice,
        kinds=KINDS,
        offers=[(offer, free_seats(offer)) for offer in offers],
        with_nothing=len(pupils),
        class_names=sorted({pupil.class_name for pupil in pupils}),
    )


route_handlers: list[Any] = [get_room]
