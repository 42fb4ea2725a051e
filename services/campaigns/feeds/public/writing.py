"""Writing a public feed: each session once for all feeds that show it, each day compressed once while it lasts."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from services.campaigns.feeds.feed import CALENDAR, FeedState, ServedFeed, serve_bytes
from services.campaigns.feeds.public.filters import Filters
from services.campaigns.feeds.public.standing import Scope, ShownSession, Standing, day_of
from shared.calendar import feed, jscalendar
from shared.calendar.feed import FeedHead
from shared.languages import Language, language

Form = Literal["ics", "json"]

# gzip's frame around a raw stream of deflate (RFC 1952): no name, no time, so the same bytes each time
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LAST_BLOCK = b"\x03\x00"
LEVEL = 6
# bytes; below, days apart would cost more in size than they spare in time
BIG = 128 * 1024
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WrittenSession:
    """A session, and its bytes in each form and language once a feed has asked for them."""

    __slots__ = ("_bytes", "shown")

    def __init__(self, shown: ShownSession) -> None:
        self.shown = shown
        self._bytes: dict[tuple[Form, Language, datetime | None], bytes] = {}

    def write(self, form: Form, place: "Place", left_at: datetime | None) -> bytes:
        """The VEVENT or the Event; `left_at` where it has left the feed."""
        key = (form, language(), left_at)
        written = self._bytes.get(key)
        if written is None:
            item = replace(self.shown.item, offer_url=place.address(self.shown.item.offer_url))
            write = feed.write_feed_event if form == "ics" else jscalendar.write_event
            written = self._bytes[key] = write(item, domain=place.domain, left_at=left_at)
        return written


class Place(Struct, frozen=True):
    """Where the product stands: the domain of its UIDs, and the address its pages are below."""

    domain: str
    base_url: str

    def address(self, path: str) -> str:
        """A page's or a feed's address, in the language spoken."""
        return f"{self.base_url}{'/en' if language() == 'en' else ''}{path}"


class WrittenFeed(Struct, frozen=True):
    """A feed as served, and its compressed days by their digest, for the next time it is written."""

    served: ServedFeed
    days: Mapping[bytes, bytes]

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return self.served.size + sum(map(len, self.days.values()))


def write_public_feed(
    form: Form,
    head: FeedHead,
    state: FeedState,
    sessions: Iterable[tuple[WrittenSession, datetime | None]],
    *,
    place: Place,
    days: Mapping[bytes, bytes],
) -> WrittenFeed:
    """The feed of these sessions, which are in order; `days` are those compressed before."""
    chosen = list(sessions)
    if form == "ics":
        (begin, end), comma = feed.write_frame(head), b""
    else:
        (begin, end), comma = jscalendar.write_frame(head, updated=_newest(chosen, state)), b","
    blocks = [
        comma.join(one.write(form, place, left_at) for one, left_at in of_day)
        for _, of_day in groupby(chosen, key=lambda pair: day_of(pair[0].shown))
    ]
    parts = [begin, *blocks[:1], *(comma + block for block in blocks[1:]), end]
    body = b"".join(parts)
    if len(body) < BIG:
        parts = [body]
    digests = [sha256(part).digest() for part in parts]
    pressed = {digest: days.get(digest) or _press(part) for digest, part in zip(digests, parts, strict=True)}
    compressed = b"".join((GZIP_HEADER, *(pressed[digest] for digest in digests), LAST_BLOCK, _trailer(body)))
    content_type = CALENDAR if form == "ics" else jscalendar.CONTENT_TYPE
    return WrittenFeed(serve_bytes(state, body, compressed, content_type=content_type, private=False), pressed)


def _newest(chosen: Sequence[tuple[WrittenSession, datetime | None]], state: FeedState) -> datetime:
    """When the newest of the sessions changed or left; of an empty feed, when it did."""
    moments = [moment for one, left_at in chosen for moment in (one.shown.item.session.changed_at, left_at) if moment]
    return max(moments, default=state.changed_at or EPOCH)


def _trailer(body: bytes) -> bytes:
    """The end of gzip's frame: checksum and length."""
    return zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")


def _press(part: bytes) -> bytes:
    """A part of a stream of deflate that stands by itself, ended at a byte (Z_FULL_FLUSH)."""
    press = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return press.compress(part) + press.flush(zlib.Z_FULL_FLUSH)


def choose_sessions(
    sessions: Sequence[WrittenSession], scope: Scope, filters: Filters
) -> list[tuple[WrittenSession, datetime | None]]:
    """Those a filtered feed shows, and those that left it, with when."""
    chosen: list[tuple[WrittenSession, datetime | None]] = []
    for one in sessions:
        shown = one.shown
        if _takes(scope, filters, shown, shown.standing):
            chosen.append((one, None))
        elif shown.former and (left := shown.left(partial(_takes, scope, filters, shown))):
            chosen.append((one, left))
    return chosen


def _takes(scope: Scope, filters: Filters, shown: ShownSession, standing: Standing) -> bool:
    return scope.takes(shown, standing) and filters.take(shown.kind, standing)
