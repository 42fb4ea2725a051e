"""The shelf of seats: the small part of each offer's page that says what is free, written at most once a second."""

import asyncio
import hashlib
from collections import OrderedDict
from time import monotonic
from weakref import WeakValueDictionary

from msgspec import Struct

from services.campaigns.feeds.conditions import is_known

OFFERS_AT_MOST = 2_000
# a browser may keep it, and asks each time whether it is still the same
KEPT = (b"cache-control", b"no-cache")


class ServedSeats(Struct, frozen=True):
    """The part as it is sent: its bytes, their tag, and the headers of both answers."""

    body: bytes
    etag: bytes

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of a 200."""
        length = (b"content-length", str(len(self.body)).encode())
        return [(b"content-type", b"text/html; charset=utf-8"), length, (b"etag", self.etag), KEPT]

    @property
    def not_modified(self) -> list[tuple[bytes, bytes]]:
        """The headers of a 304."""
        return [(b"etag", self.etag), KEPT]

    def is_known_by(self, if_none_match: bytes | None) -> bool:
        """Whether who asks has it already."""
        return if_none_match is not None and is_known(self.etag, b"", if_none_match, None)


class SeatsShelf:
    """Parts by the language and the offer's slug; who asks while one is being written waits for it."""

    def __init__(self, *, memory_seconds: float) -> None:
        self._memory_seconds = memory_seconds
        self._held: OrderedDict[str, tuple[float, ServedSeats]] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def recent(self, slug: str) -> ServedSeats | None:
        """The part, if it was written a moment ago."""
        held = self._held.get(slug)
        return held[1] if held is not None and monotonic() - held[0] <= self._memory_seconds else None

    def lock(self, slug: str) -> asyncio.Lock:
        """Whoever holds it writes the part of this offer."""
        lock = self._locks.get(slug)
        if lock is None:
            lock = self._locks[slug] = asyncio.Lock()
        return lock

    def keep(self, slug: str, html: str, *, read_at: float) -> ServedSeats:
        """Keep what was written from what was read at `read_at` (monotonic seconds); the longest unused goes."""
        body = html.encode()
        seats = ServedSeats(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode())
        self._held[slug] = (read_at, seats)
        self._held.move_to_end(slug)
        while len(self._held) > OFFERS_AT_MOST:
            self._held.popitem(last=False)
        return seats
