"""Publication: the preview with what is missing, and the buttons that publish, close and open again."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import structs

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.life.publication.close_offer import close_offer, open_offer
from services.campaigns.offers.life.publication.publish_draft import publish_draft
from services.campaigns.offers.life.publication.read import read_readiness
from services.campaigns.offers.life.read import OfferInLife, read_own_listing, read_own_offer
from services.campaigns.offers.read import read_programme
from shared.refusal import Refusal


@get("/planification/{slug:str}/publication", action="publish_offers", include_in_schema=False)
async def get_publication(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """What stands between the offer and the public, or how its registration stands."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await _publication(edge, actor, offer, now)


@get("/planification/{slug:str}/publication/apercu", action="plan_offers", include_in_schema=False)
async def get_public_preview(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """The public page of the offer as it will look."""
    async with edge.reading() as connection:
        listing = await read_own_listing(connection, actor, slug)
        programme = await read_programme(connection, listing.id)
    if listing.status == "draft":
        listing = structs.replace(listing, status="published", opens_at=listing.opens_at or now)
    return planner_page(
        "catalogue/templates/offer.html",
        actor,
        listing=listing,
        programme=programme,
        feed_url=f"{edge.settings.base_url}/calendars/{slug}.ics",
        now=now,
    )


@post("/planification/{slug:str}/publication", action="publish_offers", include_in_schema=False)
async def post_publication(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Publish the draft; where something stands in the way, the same page says what."""
    try:
        async with edge.transaction() as connection:
            offer = await read_own_offer(connection, actor, slug)
            await publish_draft(connection, offer_id=offer.id, now=now)
            if offer.status == "draft":
                await write_audit(connection, actor, "publish_offer", "a publié l’offre.", now=now, offer_id=offer.id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _publication(edge, actor, offer, now, status=refusal.status)
    return Redirect(f"/planification/{slug}", status_code=303)


@post("/planification/{slug:str}/publication/cloture", action="publish_offers", include_in_schema=False)
async def post_closure(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Close registration."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        if await close_offer(connection, offer_id=offer.id, now=now):
            await write_audit(connection, actor, "close_offer", "a clos les inscriptions.", now=now, offer_id=offer.id)
    return Redirect(f"/planification/{slug}/publication", status_code=303)


@post("/planification/{slug:str}/publication/reouverture", action="publish_offers", include_in_schema=False)
async def post_opening(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Open registration again."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        if await open_offer(connection, offer_id=offer.id, now=now):
            detail = "a rouvert les inscriptions."
            await write_audit(connection, actor, "open_offer", detail, now=now, offer_id=offer.id)
    return Redirect(f"/planification/{slug}/publication", status_code=303)


async def _publication(
    edge: Edge, actor: Actor, offer: OfferInLife, now: datetime, *, status: int = 200
) -> Response[Any]:
    async with edge.reading() as connection:
        listing = await read_own_listing(connection, actor, offer.slug)
        programme = await read_programme(connection, offer.id)
    readiness = await read_readiness(edge, offer.id, offer.campaign_id, now=now) if offer.status == "draft" else None
    return planner_page(
        "offers/life/publication/templates/publication.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        listing=listing,
        programme=programme,
        readiness=readiness,
        now=now,
    )


route_handlers: list[Any] = [get_publication, get_public_preview, post_publication, post_closure, post_opening]
