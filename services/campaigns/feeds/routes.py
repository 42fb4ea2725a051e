"""Feeds over HTTP: `/calendars/{slug}.ics` for everybody, `/calendars/{whose}/{token}.ics` at a secret address.

They are bare ASGI: calendars ask again and again for what has not changed, and the answer is ready.
"""

from functools import partial
from typing import TYPE_CHECKING, cast
from uuid import UUID

from litestar import asgi
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Receive, Scope, Send

from services.campaigns.edge import Edge
from services.campaigns.feeds.conditions import is_known, takes_gzip
from services.campaigns.feeds.feed import ServedFeed
from services.campaigns.feeds.read import read_public_content, read_public_state
from services.campaigns.subscribing.read import CALENDARS, PersonalCalendar
from shared.signed_links import SignedId

if TYPE_CHECKING:
    from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent

SUFFIX = ".ics"
# an address that nobody was given is looked up like one that was: as this one
NOBODY = SignedId(UUID(int=0), 0)


# mounted: the framework's bare routes know no path parameters
@asgi("/calendars", is_mount=True, copy_scope=False)
async def get_feed(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
    """The feed of an offer, a campaign, an organisation or a sector; or, at a secret address, of pupil or company."""
    request = cast("HTTPScope", scope)
    if request["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowedException(headers={"Allow": "GET, HEAD"})
    address = request["path"].strip("/")
    edge: Edge = request["litestar_app"].state.edge
    whose, slash, token = address.removesuffix(SUFFIX).partition("/")
    if slash and whose in CALENDARS:
        # looked up each time: an address that was renewed is dead at once, whatever a process remembers
        feed = await _fetch_personal(edge, address, CALENDARS[whose], token)
    else:
        feed = edge.feeds.recent(address) or await _fetch_public(edge, address)
    if feed is None:
        raise NotFoundException
    await _answer(request, send, feed)


async def _fetch_personal(edge: Edge, address: str, calendar: PersonalCalendar, token: str) -> ServedFeed | None:
    """What is cut, forged, revoked or was never given is looked up alike, and all are refused alike."""
    known = edge.signer.verify(calendar.scope, token) if address.endswith(SUFFIX) else None
    whose = known or NOBODY
    return await edge.feeds.fetch(
        address,
        read_state=partial(calendar.read_state, edge.pool, whose.id, whose.version),
        read_content=partial(
            calendar.read_content,
            edge.pool,
            whose.id,
            whose.version,
            address=address,
            token=token,
            base_url=edge.settings.base_url,
        ),
        private=True,
    )


async def _fetch_public(edge: Edge, address: str) -> ServedFeed | None:
    name = address.removesuffix(SUFFIX)
    if name == address or not name.isprintable():
        return None
    return await edge.feeds.fetch(
        address,
        read_state=partial(read_public_state, edge.pool, name),
        read_content=partial(read_public_content, edge.pool, name, base_url=edge.settings.base_url),
        private=False,
    )


async def _answer(scope: HTTPScope, send: Send, feed: ServedFeed) -> None:
    if_none_match = if_modified_since = None
    accept_encoding = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accept_encoding = accept_encoding + b"," + value if accept_encoding else value
        elif name == b"if-none-match":
            if_none_match = if_none_match + b"," + value if if_none_match else value
        elif name == b"if-modified-since":
            if_modified_since = value
    chosen = feed.compressed if takes_gzip(accept_encoding) else feed.plain
    known = is_known(chosen.etag, feed.last_modified, if_none_match, if_modified_since)
    # a list of its own: what every answer says is added to it on the way out
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": 304 if known else 200,
        "headers": list(chosen.not_modified if known else chosen.headers),
    }
    body: HTTPResponseBodyEvent = {
        "type": "http.response.body",
        "body": b"" if known or scope["method"] == "HEAD" else chosen.body,
        "more_body": False,
    }
    await send(start)
    await send(body)


route_handlers = [get_feed]
