"""The public pages: the catalogue and an offer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.catalogue.listing import sections_of
from services.campaigns.catalogue.read import list_campaigns, list_cities, list_public_offers, read_listing
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.offers.read import read_programme

PAGE = 60
CITY_AT_MOST = 100

City = Annotated[str, QueryParameter(name="ville", description="Only the offers of this town")]
After = Annotated[str, QueryParameter(name="apres", description="The offer the page before ended with")]


@get("/", include_in_schema=False)
async def get_catalogue(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], city: City = "", after: After = ""
) -> Response[str]:
    """What there is near one, and whether there is room."""
    city = city[:CITY_AT_MOST].replace("\x00", "")
    async with edge.reading() as connection:
        listings = await list_public_offers(connection, now=now, city=city, after=_offer_id(after), limit=PAGE + 1)
        campaigns = await list_campaigns(connection)
        cities = await list_cities(connection)
    return page(
        "catalogue/templates/catalogue.html",
        sections=sections_of(listings[:PAGE], now),
        following=listings[PAGE - 1].id if len(listings) > PAGE else None,
        campaigns=campaigns,
        cities=cities,
        city=city,
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
    return page(
        "catalogue/templates/offer.html",
        listing=listing,
        programme=programme,
        feed_url=f"{edge.settings.base_url}/calendars/{listing.slug}.ics",
        now=now,
    )


def _offer_id(after: str) -> UUID | None:
    """The key of the next page; what is no key begins at the beginning."""
    try:
        return UUID(after)
    except ValueError:
        return None


route_handlers: list[Any] = [get_catalogue, get_offer_page]
