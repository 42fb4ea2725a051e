"""What machines ask for: the feed of new offers, the sitemap, robots.txt."""

from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency

from services.campaigns.catalogue.sharing.documents import Document, atom_feed, robots, sitemap
from services.campaigns.catalogue.sharing.read import list_for_sitemap, list_newest
from services.campaigns.edge import Edge
from services.campaigns.feeds.conditions import is_known


@get("/nouveautes.atom", include_in_schema=False)
async def get_news(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[bytes]:
    """The newest offers, for readers of news."""
    async with edge.reading() as connection:
        entries = await list_newest(connection)
    return _answer(request, atom_feed(entries, base_url=edge.settings.base_url, now=now), seconds=300)


@get("/sitemap.xml", include_in_schema=False)
async def get_sitemap(request: Request[Any, Any, Any], edge: NamedDependency[Edge]) -> Response[bytes]:
    """Every page that may be found."""
    async with edge.reading() as connection:
        offers = await list_for_sitemap(connection)
    return _answer(request, sitemap(offers, base_url=edge.settings.base_url), seconds=3600)


@get("/robots.txt", include_in_schema=False)
async def get_robots(edge: NamedDependency[Edge]) -> Response[str]:
    """What robots may read."""
    return Response(
        robots(base_url=edge.settings.base_url),
        media_type=MediaType.TEXT,
        headers={"Cache-Control": "public, max-age=86400"},
    )


def _answer(request: Request[Any, Any, Any], document: Document, *, seconds: int) -> Response[bytes]:
    headers = {"Cache-Control": f"public, max-age={seconds}", "ETag": document.etag}
    asked = request.headers.get("If-None-Match")
    if asked and is_known(document.etag.encode(), b"", asked.encode(), None):
        return Response(b"", status_code=304, headers=headers)
    return Response(document.body, media_type=f"{document.media_type}; charset=utf-8", headers=headers)


route_handlers: list[Any] = [get_news, get_sitemap, get_robots]
