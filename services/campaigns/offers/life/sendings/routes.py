"""Sendings: the page of an offer's messages, for who may read pupils' names."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.life.consequences.act_form import read_id
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.life.sendings.read import list_sendings

SENDINGS_A_PAGE = 100

Before = Annotated[str, QueryParameter(name="avant")]
OfFact = Annotated[str, QueryParameter(name="fait")]


@get("/planification/{slug:str}/envois", action="read_pupils", include_in_schema=False)
async def get_sendings(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    before: Before = "",
    of_fact: OfFact = "",
) -> Response[Any]:
    """Who was told what, when and why, the newest first."""
    event_id = read_id(of_fact)
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        sendings = await list_sendings(
            connection, offer.id, event_id=event_id, before=read_id(before), limit=SENDINGS_A_PAGE + 1
        )
    return planner_page(
        "offers/life/sendings/templates/sendings.html",
        actor,
        here="offers",
        offer=offer,
        sendings=sendings[:SENDINGS_A_PAGE],
        following=sendings[SENDINGS_A_PAGE - 1].id if len(sendings) > SENDINGS_A_PAGE else None,
        event_id=event_id,
        now=now,
    )


route_handlers: list[Any] = [get_sendings]
