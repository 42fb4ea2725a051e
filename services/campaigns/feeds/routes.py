"""Feeds over HTTP: `/calendars/{slug}.ics` for everybody, `/calendars/{whose}/{token}.ics` at a secret address.

They are bare ASGI: calendars ask again and again for what has not changed, and the answer is ready.
"""

from functools import partial
from typing import cast
from uuid import UUID

from litestar import asgi
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Receive, Scope, Send

from services.campaigns.edge import Edge
from services.campaigns.feeds.feed import ServedFeed
from services.campaigns.feeds.public.routes import answer_feed, answer_public
from services.campaigns.look.spoken import prefix
from services.campaigns.subscribing.read import CALENDARS, PersonalCalendar
from shared.signed_links import SignedId

SUFFIX = ".ics"
# an address that nobody was given is looked up like one that was: as this one
NOBODY = SignedId(UUID(int=0), 0)


# mounted: the framework's bare routes know no path parameters
@asgi("/calendars", is_mount=True, copy_scope=False)
async def get_feed(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
    """The feed of an offer, a campaign, an organisation or a sector; or, at a secret address, of pupil or company."""
    request = cast("HTTPScope", scope)
    address = request["path"].strip("/")
    edge: Edge = request["litestar_app"].state.edge
    whose, slash, token = address.removesuffix(SUFFIX).partition("/")
    if not slash or whose not in CALENDARS:
        await answer_public(request, send, edge, address)
        return
    if request["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowedException(headers={"Allow": "GET, HEAD"})
    # looked up each time: an address that was renewed is dead at once, whatever a process remembers
    feed = await _fetch_personal(edge, address, CALENDARS[whose], token)
    if feed is None:
        raise NotFoundException
    await answer_feed(request, send, feed)


async def _fetch_personal(edge: Edge, address: str, calendar: PersonalCalendar, token: str) -> ServedFeed | None:
    """What is cut, forged, revoked or was never given is looked up alike, and all are refused alike."""
    known = edge.signer.verify(calendar.scope, token) if address.endswith(SUFFIX) else None
    whose = known or NOBODY
    return await edge.feeds.fetch(
        # what is said in it is in one language
        prefix() + address,
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


route_handlers = [get_feed]
