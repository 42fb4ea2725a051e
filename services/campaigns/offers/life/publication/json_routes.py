"""Publication: JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.offers.life.bodies import AgreeingBody, ReadinessBody, StatusBody
from services.campaigns.offers.life.publication.close_offer import close_offer, open_offer
from services.campaigns.offers.life.publication.publish_draft import publish_draft
from services.campaigns.offers.life.publication.read import read_readiness
from services.campaigns.offers.life.read import read_own_offer


@get("/api/v1/offers/{offer_id:uuid}/readiness", action="publish_offers", summary="What a draft still lacks")
async def get_readiness(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> ReadinessBody:
    """Agreements that are awaited, what is against the law or in two places, and what may still be completed."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
    found = await read_readiness(edge, offer.id, offer.campaign_id, now=now)
    return ReadinessBody(
        ready=found.ready,
        obstacles=[*found.obstacles, *(remark.sentence for remark in found.conflicts)],
        gaps=[remark.sentence for remark in found.gaps],
        agreements=[AgreeingBody(each.name, each.agreed_at, each.declined_at) for each in found.agreeing],
    )


@post(
    "/api/v1/offers/{offer_id:uuid}/publication", action="publish_offers", status_code=200, summary="Publish an offer"
)
async def post_publication(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> StatusBody:
    """From now on it is seen and joined; twice is harmless. 409 says what is missing."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        await publish_draft(connection, offer_id=offer_id, now=now)
        if offer.status == "draft":
            await write_audit(connection, actor, "publish_offer", "a publié l’offre.", now=now, offer_id=offer_id)
        return StatusBody(offer_id, (await read_own_offer(connection, actor, offer_id)).status)


@post("/api/v1/offers/{offer_id:uuid}/closure", action="publish_offers", status_code=200, summary="Close registration")
async def post_closure(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> StatusBody:
    """Nobody new can register; who waits still gets a seat that is freed."""
    async with edge.transaction() as connection:
        await read_own_offer(connection, actor, offer_id)
        if await close_offer(connection, offer_id=offer_id, now=now):
            await write_audit(connection, actor, "close_offer", "a clos les inscriptions.", now=now, offer_id=offer_id)
        return StatusBody(offer_id, (await read_own_offer(connection, actor, offer_id)).status)


@post("/api/v1/offers/{offer_id:uuid}/opening", action="publish_offers", status_code=200, summary="Open again")
async def post_opening(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> StatusBody:
    """Registration of a closed offer is open again."""
    async with edge.transaction() as connection:
        await read_own_offer(connection, actor, offer_id)
        if await open_offer(connection, offer_id=offer_id, now=now):
            await write_audit(
                connection, actor, "open_offer", "a rouvert les inscriptions.", now=now, offer_id=offer_id
            )
        return StatusBody(offer_id, (await read_own_offer(connection, actor, offer_id)).status)


route_handlers: list[Any] = [get_readiness, post_publication, post_closure, post_opening]
