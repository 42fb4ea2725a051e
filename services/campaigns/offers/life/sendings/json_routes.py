"""Sendings: JSON."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.offers.life.bodies import SendingBody, SendingsBody
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.life.sendings.filters import SendingFilter
from services.campaigns.offers.life.sendings.read import list_sendings
from services.campaigns.offers.registration import InvalidField
from shared.languages import later

PAGE = 100

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
FactId = Annotated[UUID | None, QueryParameter(name="fact_id", description="Only the messages of this fact")]


@get("/api/v1/offers/{offer_id:uuid}/deliveries", action="read_pupils", summary="Who was told what")
async def get_deliveries(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    after: After = None,
    fact_id: FactId = None,
) -> Response[SendingsBody]:
    """The messages about an offer, the newest first, a hundred a page."""
    key = read_id(after) if after else None
    if after and key is None:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after")
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        found = await list_sendings(
            connection, offer.id, only=SendingFilter(event_id=fact_id), before=key, limit=PAGE + 1
        )
    items = [
        SendingBody(
            id=one.id,
            message=one.message,
            state=one.state,
            due_at=one.due_at,
            sent_at=one.sent_at,
            person=one.person,
            role=one.role,
            fact=one.tag,
            fact_id=one.event_id,
            occurred_at=one.occurred_at,
            note=one.note,
        )
        for one in found[:PAGE]
    ]
    following = str(found[PAGE - 1].id) if len(found) > PAGE else None
    return Response(SendingsBody(items, following), headers={"Cache-Control": "no-store"})


route_handlers: list[Any] = [get_deliveries]
