"""A feed as it is served: one state's bytes, plain and compressed, with the headers both go out with."""

import gzip
import hashlib
from datetime import datetime
from email.utils import format_datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.calendar.feed import FeedHead, FeedSession

Headers = tuple[tuple[bytes, bytes], ...]

FRESH_SECONDS = 300
CALENDAR = b"text/calendar; charset=utf-8"
# any site's page may read it, and its ETag
OPEN: Headers = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"ETag"))


class FeedState(Struct, frozen=True):
    """Which state a feed is in: equal versions are equal bytes; `changed_at` is when it came to be, None where that is
    not known: then no Last-Modified is told.
    """

    version: str
    changed_at: datetime | None


class FeedContent(Struct, frozen=True):
    """What is written into a feed, as it stood at one state."""

    state: FeedState
    head: FeedHead
    sessions: tuple[FeedSession, ...]


class Representation(Struct, frozen=True):
    """The bytes of one encoding, their strong ETag (RFC 9110 §8.8.3), and the headers of a 200 and of a 304."""

    body: bytes
    etag: bytes
    headers: Headers
    not_modified: Headers


class ServedFeed(Struct, frozen=True):
    """One state in both encodings; `last_modified` is empty while the second it would name has not come yet."""

    state: FeedState
    last_modified: bytes
    plain: Representation
    compressed: Representation

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return len(self.plain.body) + len(self.compressed.body)

    def dated(self, now: datetime) -> "ServedFeed":
        """The feed with its Last-Modified, once that is not in the future (RFC 9110 §8.8.2.1)."""
        changed_at = self.state.changed_at
        if self.last_modified or changed_at is None or changed_at > now:
            return self
        date = format_datetime(changed_at, usegmt=True).encode()
        return ServedFeed(self.state, date, _dated(self.plain, date), _dated(self.compressed, date))


def serve_feed(state: FeedState, body: bytes, *, private: bool) -> ServedFeed:
    """The calendar of these bytes."""
    return serve_bytes(state, body, gzip.compress(body, mtime=0), content_type=CALENDAR, private=private)


def serve_bytes(state: FeedState, body: bytes, compressed: bytes, *, content_type: bytes, private: bool) -> ServedFeed:
    """The feed of these bytes. Its ETag is made of the plain ones alone: every process that writes them gives the same.

    What is public may be read by the pages of any site (CORS), and by them too conditionally; what is private by none.
    """
    digest = hashlib.sha256(body).hexdigest()[:32]
    common = (
        (b"cache-control", f"{'private' if private else 'public'}, max-age={FRESH_SECONDS}".encode()),
        (b"vary", b"Accept-Encoding"),
        *(() if private else OPEN),
    )
    return ServedFeed(
        state=state,
        last_modified=b"",
        plain=_represent(body, f'"{digest}"'.encode(), common, content_type, b""),
        compressed=_represent(compressed, f'"{digest}-gzip"'.encode(), common, content_type, b"gzip"),
    )


def _represent(body: bytes, etag: bytes, common: Headers, content_type: bytes, encoding: bytes) -> Representation:
    common = ((b"etag", etag), *common)
    own = (
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        *(((b"content-encoding", encoding),) if encoding else ()),
    )
    return Representation(body, etag, (*own, *common), common)


def _dated(representation: Representation, date: bytes) -> Representation:
    return replace(representation, headers=(*representation.headers, (b"last-modified", date)))
