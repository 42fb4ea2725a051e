"""The public pages: the catalogue and an offer."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.catalogue.finding.answers import answer_sections, say_distance, wider_searches
from services.campaigns.catalogue.finding.map_drawing import spot_of
from services.campaigns.catalogue.finding.read import answer_search
from services.campaigns.catalogue.finding.search import read_search
from services.campaigns.catalogue.read import read_listing
from services.campaigns.catalogue.sharing.event import describe_event
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.look.spoken import prefix
from services.campaigns.offers.questions.read import list_published
from services.campaigns.offers.read import read_programme
from services.campaigns.posters.card import address_of_card, draw_card

PAGE = 20


@get("/", include_in_schema=False)
async def get_catalogue(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[str]:
    """What there is near one, and whether there is room."""
    search = read_search(request.query_params)
    async with edge.reading() as connection:
        choices = await edge.choices.choices(connection, now)
        answer = await answer_search(connection, search, placed=choices.placed, now=now, limit=PAGE)
    return page(
        "catalogue/templates/catalogue.html",
        search=search,
        found=answer.found,
        wording=answer.wording,
        near=answer.near,
        others=answer.others,
        towns=choices.towns,
        sections=answer_sections(search, answer.near, answer.found.listings, answer.found.kilometres, now),
        far={
            listing.id: say_distance(far)
            for listing, far in zip(answer.found.listings, answer.found.kilometres, strict=True)
        },
        wider=wider_searches(search),
        drawing=choices.drawing,
        here=spot_of(answer.near) if answer.near else None,
        campaigns=choices.campaigns,
        weeks=choices.weeks,
        sectors=choices.sectors,
        now=now,
    )


@get("/offres/{slug:str}", include_in_schema=False)
async def get_offer_page(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[str]:
    """What one would do each day, with whom, how to come, and whether one can get in."""
    async with edge.reading() as connection:
        listing = await read_listing(connection, slug)
        programme = await read_programme(connection, listing.id)
        questions = await list_published(connection, listing.id)
    address = f"{edge.settings.base_url}/offres/{listing.slug}"
    # in the language it is in: the other one is another page of the same offer
    canonical = f"{edge.settings.base_url}{prefix()}/offres/{listing.slug}"
    card = edge.settings.base_url + address_of_card(listing, edge.print_room.tag_of(draw_card(listing)))
    return page(
        "catalogue/templates/offer.html",
        listing=listing,
        programme=programme,
        questions=questions,
        address=address,
        canonical=canonical,
        card=card,
        event=describe_event(listing, programme, address=address, page=canonical, now=now),
        feed_url=f"{edge.settings.base_url}/calendars/{listing.slug}.ics",
        now=now,
    )


route_handlers: list[Any] = [get_catalogue, get_offer_page]
