"""Public feeds over HTTP: `/calendars/{slug}.ics` and `.json`, with filters in the query; open to any site's pages."""

from typing import TYPE_CHECKING

import msgspec
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Send

from services.campaigns.edge import Edge
from services.campaigns.feeds.conditions import is_known, takes_gzip
from services.campaigns.feeds.feed import OPEN, Headers, ServedFeed
from services.campaigns.feeds.public.filters import Known, UnknownFilter, parse_filters
from services.campaigns.feeds.public.shelf import ask
from services.campaigns.feeds.public.writing import Form
from services.campaigns.problems import PROBLEM
from shared.languages import _

if TYPE_CHECKING:
    from litestar.types.asgi_types import HTTPResponseBodyEvent, HTTPResponseStartEvent

FORMS: dict[str, Form] = {"ics": "ics", "json": "json"}
ALLOWED = "GET, HEAD, OPTIONS"
SLUG_AT_MOST = 200
# a page of any site may ask with the conditions it has (Fetch: CORS protocol)
PREFLIGHT: Headers = (
    *OPEN,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
    (b"access-control-max-age", b"86400"),
    (b"allow", ALLOWED.encode()),
)
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}


async def answer_public(scope: HTTPScope, send: Send, edge: Edge, address: str) -> None:
    """The feed of an offer, a campaign, an organisation, a sector, a département or everything, whole or filtered."""
    if scope["method"] == "OPTIONS":
        await _send(send, 204, PREFLIGHT, b"")
        return
    if scope["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowedException(headers={"Allow": ALLOWED, **OPEN_TO_ALL})
    slug, _dot, form = address.rpartition(".")
    if form not in FORMS or not slug or not slug.isprintable() or len(slug) > SLUG_AT_MOST:
        raise NotFoundException(headers=OPEN_TO_ALL)
    shelf = edge.public_feeds
    query = scope["query_string"]
    if query:
        known = await shelf.known()
        try:
            asked = ask(slug, FORMS[form], parse_filters(query, known))
        except UnknownFilter as refused:
            await _refuse(scope, send, refused, known)
            return
    else:
        asked = ask(slug, FORMS[form])
    feed = shelf.recent(asked) or await shelf.fetch(asked)
    if feed is None:
        raise NotFoundException(headers=OPEN_TO_ALL)
    await answer_feed(scope, send, feed)


async def answer_feed(scope: HTTPScope, send: Send, feed: ServedFeed) -> None:
    """200 with the bytes in the encoding that is taken, or 304 to who has them."""
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
    await _send(
        send,
        304 if known else 200,
        chosen.not_modified if known else chosen.headers,
        b"" if known or scope["method"] == "HEAD" else chosen.body,
    )


async def _refuse(scope: HTTPScope, send: Send, refused: UnknownFilter, known: Known) -> None:
    """A machine's answer to a machine's question, for people too: what is known, with the words for it."""
    problem = {
        "type": "urn:quinzaine:problem:unknown-filter",
        "title": "unknown-filter",
        "status": 400,
        "detail": _("Ce calendrier ne se filtre pas ainsi. Voici les filtres connus et leurs valeurs."),
        "known": {name: dict(values) for name, values in known.items()},
    }
    if refused.field is not None:
        problem["field"] = refused.field
    body = msgspec.json.encode(problem)
    headers = (
        (b"content-type", PROBLEM.encode()),
        (b"content-length", str(len(body)).encode()),
        *OPEN,
    )
    await _send(send, 400, headers, b"" if scope["method"] == "HEAD" else body)


async def _send(send: Send, status: int, headers: Headers, content: bytes) -> None:
    # a list of its own: what every answer says is added to it on the way out
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": list(headers)}
    body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": content, "more_body": False}
    await send(start)
    await send(body)
