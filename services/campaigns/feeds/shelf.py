"""The shelf: feeds kept in this process, by address, for as long as their state is the newest."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic
from weakref import WeakValueDictionary

from services.campaigns.feeds.feed import FeedContent, FeedState, ServedFeed, serve_feed
from shared.calendar.feed import write_feed

BYTES_AT_MOST = 32 * 1024 * 1024

ReadState = Callable[[], Awaitable[FeedState | None]]
ReadContent = Callable[[], Awaitable[FeedContent | None]]


class Shelf:
    """Feeds by address, the longest unused go first. A state is looked up again after `memory_seconds`."""

    def __init__(self, *, memory_seconds: float, domain: str, bytes_at_most: int = BYTES_AT_MOST) -> None:
        self._bytes_at_most = bytes_at_most
        self._memory_seconds = memory_seconds
        self._domain = domain
        # address → when its state was asked for, and the feed
        self._feeds: OrderedDict[str, tuple[float, ServedFeed]] = OrderedDict()
        self._size = 0
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def recent(self, address: str) -> ServedFeed | None:
        """The feed, if its state was looked up a moment ago; never asked of a secret address, which ends at once."""
        return self._known_since(address, monotonic() - self._memory_seconds)

    async def fetch(
        self, address: str, *, read_state: ReadState, read_content: ReadContent, private: bool
    ) -> ServedFeed | None:
        """The feed in its newest state, written again if that has changed; None where there is no feed.

        One caller at a time looks up and writes a feed; who has waited for it takes what was looked up after it asked.
        """
        asked_at = monotonic()
        lock = self._locks.get(address)
        if lock is None:
            lock = self._locks[address] = asyncio.Lock()
        async with lock:
            known = self._known_since(address, asked_at - (0 if private else self._memory_seconds))
            if known is not None:
                return known
            looked_at = monotonic()
            feed = await self._renew(self._feeds.get(address), read_state, read_content, private=private)
            self._keep(address, looked_at, feed)
            return feed

    async def _renew(
        self,
        held: tuple[float, ServedFeed] | None,
        read_state: ReadState,
        read_content: ReadContent,
        *,
        private: bool,
    ) -> ServedFeed | None:
        state = await read_state()
        if state is None:
            return None
        if held is not None and held[1].state == state:
            return held[1].dated(datetime.now(UTC))
        content = await read_content()
        if content is None:
            return None
        # beside the loop: hundreds of sessions take long enough for others to notice
        feed = await asyncio.to_thread(self._write, content, private)
        return feed.dated(datetime.now(UTC))

    def _write(self, content: FeedContent, private: bool) -> ServedFeed:
        body = write_feed(content.head, content.sessions, domain=self._domain, personal=private)
        return serve_feed(content.state, body, private=private)

    def _known_since(self, address: str, moment: float) -> ServedFeed | None:
        held = self._feeds.get(address)
        return held[1] if held is not None and held[0] >= moment else None

    def _keep(self, address: str, looked_at: float, feed: ServedFeed | None) -> None:
        before = self._feeds.pop(address, None)
        if before is not None:
            self._size -= before[1].size
        if feed is None or feed.size > self._bytes_at_most:
            return
        self._feeds[address] = (looked_at, feed)
        self._size += feed.size
        while self._size > self._bytes_at_most:
            _, (_, gone) = self._feeds.popitem(last=False)
            self._size -= gone.size
