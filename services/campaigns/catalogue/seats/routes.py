"""Seats over HTTP: `/places/{slug}`, asked every few seconds by each open page of an offer.

It is bare ASGI, as feeds are: hundreds of pages ask for what has rarely changed.
"""

from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, cast

from litestar import asgi
from litestar.exceptions import MethodNotAllowedException
from litestar.types import HTTPScope, Receive, Scope, Send

from services.campaigns.catalogue.read import read_listing
from services.campaigns.catalogue.seats.shelf import ServedSeats
from services.campaigns.edge import Edge
from services.campaigns.look.pages import render
from shared.languages import language

if TYPE_CHECKING:
    from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent


@asgi("/places", is_mount=True, copy_scope=False)
async def get_seats(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
    """What is free now, and the one button; raises `UnknownOffer` for a slug that is not public."""
    request = cast("HTTPScope", scope)
    if request["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowedException(headers={"Allow": "GET, HEAD"})
    slug = request["path"].strip("/")
    edge: Edge = request["litestar_app"].state.edge
    seats = edge.seats.recent(_shelved(slug)) or await _write(edge, slug)
    known = seats.is_known_by(dict(request["headers"]).get(b"if-none-match"))
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": 304 if known else 200,
        "headers": seats.not_modified if known else seats.headers,
    }
    body: HTTPResponseBodyEvent = {
        "type": "http.response.body",
        "body": b"" if known or request["method"] == "HEAD" else seats.body,
        "more_body": False,
    }
    await send(start)
    await send(body)


async def _write(edge: Edge, slug: str) -> ServedSeats:
    shelved = _shelved(slug)
    async with edge.seats.lock(shelved):
        if (seats := edge.seats.recent(shelved)) is not None:
            return seats
        read_at = monotonic()
        async with edge.reading() as connection:
            listing = await read_listing(connection, slug.replace("\x00", ""))
        html = render("catalogue/templates/seats.html", listing=listing, now=datetime.now(UTC))
        return edge.seats.keep(shelved, html, read_at=read_at)


def _shelved(slug: str) -> str:
    return f"{language()}/{slug}"


route_handlers = [get_seats]
