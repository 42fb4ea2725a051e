"""Throwing a draft away: asked twice, then done."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.builder.read import read_week
from services.campaigns.offers.life.read import OfferInLife, read_own_offer
from services.campaigns.offers.life.remove_draft import NoDraft, remove_draft
from services.campaigns.offers.life.sheet_form import texts_of


@get("/planification/{slug:str}/reglages/retrait", action="plan_offers", include_in_schema=False)
async def get_removal(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Response[Any]:
    """Ask whether the draft goes, and say what goes with it."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        days = len((await read_week(connection, offer_id=offer.id)).days)
    return _page(actor, offer, days)


@post("/planification/{slug:str}/reglages/retrait", action="plan_offers", include_in_schema=False)
async def post_removal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Ask once more, then remove it and go to the list of offers."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        days = len((await read_week(connection, offer_id=offer.id)).days)
    if offer.status == "draft" and not fields.get("sure"):
        return _page(actor, offer, days, asked=True)
    try:
        async with edge.transaction() as connection:
            title = await remove_draft(connection, offer_id=offer.id, now=now)
            detail = f"a retiré le brouillon « {title} »."
            await write_audit(connection, actor, "remove_draft", detail, now=now)
    except NoDraft as refusal:
        return _page(actor, offer, days, refusal=refusal)
    return Redirect("/planification/offres", status_code=303)


def _page(
    actor: Actor, offer: OfferInLife, days: int, *, asked: bool = False, refusal: NoDraft | None = None
) -> Response[Any]:
    if offer.status != "draft" and refusal is None:
        refusal = NoDraft()
    return planner_page(
        "offers/life/removal/templates/removal.html",
        actor,
        status=refusal.status if refusal else 200,
        here="offers",
        offer=offer,
        days=days,
        asked=asked,
        trouble=refusal.sentence if refusal else "",
    )


route_handlers: list[Any] = [get_removal, post_removal]
