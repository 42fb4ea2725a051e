"""Posters over HTTP: `affiche.pdf` of an offer for a wall, `code.svg` for one's own sheet, `carte/….png` for links."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.catalogue.read import read_listing
from services.campaigns.edge import Edge
from services.campaigns.feeds.conditions import is_known
from services.campaigns.look.spoken import prefix
from services.campaigns.offers.read import read_programme
from services.campaigns.posters.card import address_of_card, draw_card
from services.campaigns.posters.code import draw_code
from services.campaigns.posters.sheet import lay_out

KEPT = {"Cache-Control": "public, max-age=300"}


@get("/offres/{slug:str}/affiche.pdf", include_in_schema=False)
async def get_poster(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], slug: FromPath[str]
) -> Response[bytes]:
    """The offer on one sheet, A4."""
    async with edge.reading() as connection:
        listing = await read_listing(connection, slug)
        programme = await read_programme(connection, listing.id)
    sheet = lay_out(listing, programme, address=f"{edge.settings.base_url}{prefix()}/offres/{listing.slug}")
    tag = edge.print_room.tag_of(sheet)
    asked = request.headers.get("If-None-Match")
    if asked and is_known(tag.encode(), b"", asked.encode(), None):
        return Response(b"", status_code=304, headers={**KEPT, "ETag": tag})
    poster = await edge.print_room.print_sheet(sheet)
    headers = {**KEPT, "ETag": poster.etag, "Content-Disposition": f'inline; filename="affiche-{listing.slug}.pdf"'}
    return Response(poster.body, media_type="application/pdf", headers=headers)


@get("/offres/{slug:str}/code.svg", include_in_schema=False)
async def get_code(edge: NamedDependency[Edge], slug: FromPath[str]) -> Response[str]:
    """The offer's address as a QR code."""
    async with edge.reading() as connection:
        listing = await read_listing(connection, slug)
    code = draw_code(f"{edge.settings.base_url}{prefix()}/offres/{listing.slug}")
    headers = {
        "Cache-Control": "public, max-age=86400",
        "Content-Disposition": f'inline; filename="code-{listing.slug}.svg"',
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(code, media_type="image/svg+xml", headers=headers)


@get("/offres/{slug:str}/carte/{name:str}", include_in_schema=False)
async def get_card(edge: NamedDependency[Edge], slug: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The picture of an offer for who shares its address; an older address shows what is true now, for a while."""
    async with edge.reading() as connection:
        listing = await read_listing(connection, slug)
    card = draw_card(listing)
    current = address_of_card(listing, edge.print_room.tag_of(card)).rpartition("/")[2] == name
    picture = await edge.print_room.print_sheet(card)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"} if current else KEPT
    return Response(picture.body, media_type="image/png", headers={**headers, "ETag": picture.etag})


route_handlers: list[Any] = [get_poster, get_code, get_card]
