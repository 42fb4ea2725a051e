"""The shelf of public feeds: what is kept in this process of offers, feeds and filtered feeds, within bounds.

Three things are kept, each for as long as it is the newest: an offer's sessions with the bytes written of them, shared
by all feeds that show them; which sessions a slug has; and feeds as served. A filtered feed is put together from the
sessions of its slug, without asking the database.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID
from weakref import WeakValueDictionary

from msgspec import Struct

from services.campaigns.feeds.feed import FeedState, ServedFeed
from services.campaigns.feeds.public.filters import NO_FILTER, Filters, Known, known_filters
from services.campaigns.feeds.public.read import Reading, Title, read_feed, read_sectors, read_state
from services.campaigns.feeds.public.standing import Scope
from services.campaigns.feeds.public.writing import (
    Form,
    Place,
    WrittenFeed,
    WrittenSession,
    choose_sessions,
    write_public_feed,
)
from shared.calendar.feed import FeedHead
from shared.database import Pool
from shared.languages import Language, language, speaking

BYTES_AT_MOST = 32 * 1024 * 1024
# filtered feeds: whoever asks for all there are pushes out filtered ones only
FILTERED_AT_MOST = 256
FILTERED_BYTES_AT_MOST = 16 * 1024 * 1024
SESSIONS_AT_MOST = 20_000
ROLLS_AT_MOST = 64
SECTORS_REMEMBERED = 60.0


class Asked(Struct, frozen=True):
    """One address: a slug with its filters, in a form and a language."""

    slug: str
    form: Form
    language: Language
    filters: Filters = NO_FILTER


class Roll(Struct, frozen=True):
    """The sessions of a slug in the order of feeds, at one state, which was asked for at `looked_at`."""

    looked_at: float
    state: FeedState
    scope: Scope
    title: Title
    sessions: tuple[WrittenSession, ...]


class WrittenSheet(Struct, frozen=True):
    """An offer's sessions at one version of its feed."""

    version: int
    sessions: tuple[WrittenSession, ...]


class Kept:
    """Feeds by address, the longest unused go first; the newest stays even where it is too big for the rest."""

    def __init__(self, *, count: int, size: int) -> None:
        self._count = count
        self._bytes_at_most = size
        self._feeds: OrderedDict[Asked, tuple[float, WrittenFeed]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._feeds)

    def get(self, asked: Asked) -> tuple[float, WrittenFeed] | None:
        """When its state was looked up, and the feed."""
        return self._feeds.get(asked)

    def keep(self, asked: Asked, looked_at: float, feed: WrittenFeed) -> None:
        """Put in the place of the one before."""
        self.drop(asked)
        self._feeds[asked] = (looked_at, feed)
        self.size += feed.size
        while len(self._feeds) > 1 and (len(self._feeds) > self._count or self.size > self._bytes_at_most):
            self.drop(next(iter(self._feeds)))

    def drop(self, asked: Asked) -> None:
        """Forget one, if it is there."""
        before = self._feeds.pop(asked, None)
        if before is not None:
            self.size -= before[1].size


class PublicShelf:
    """Public feeds by address. A state is looked up again after `memory_seconds`, once for all feeds of a slug."""

    def __init__(self, pool: Pool, *, memory_seconds: float, place: Place) -> None:
        self._pool = pool
        self._memory_seconds = memory_seconds
        self._place = place
        self.whole = Kept(count=10_000, size=BYTES_AT_MOST)
        self.filtered = Kept(count=FILTERED_AT_MOST, size=FILTERED_BYTES_AT_MOST)
        self._rolls: OrderedDict[str, Roll] = OrderedDict()
        self._sheets: OrderedDict[UUID, WrittenSheet] = OrderedDict()
        self._sessions = 0
        self._locks: WeakValueDictionary[str | Asked, asyncio.Lock] = WeakValueDictionary()
        # filtered feeds are written one at a time, whoever asks for how many
        self._lane = asyncio.Semaphore(1)
        self._known: tuple[float, Known] | None = None

    async def known(self) -> Known:
        """Each filter's values; sectors are reference data, read again after a minute."""
        if self._known is None or self._known[0] < monotonic() - SECTORS_REMEMBERED:
            self._known = monotonic(), known_filters(await read_sectors(self._pool))
        return self._known[1]

    def recent(self, asked: Asked) -> ServedFeed | None:
        """The feed, if its state was looked up a moment ago."""
        return self._known_since(asked, monotonic() - self._memory_seconds)

    async def fetch(self, asked: Asked) -> ServedFeed | None:
        """The feed in its newest state, written again if that has changed; None where there is no feed.

        One caller at a time writes a feed; who has waited for it takes what was looked up after it asked.
        """
        asked_at = monotonic()
        async with self._lock(asked):
            known = self._known_since(asked, asked_at - self._memory_seconds)
            if known is not None:
                return known
            roll = await self._call_roll(asked.slug, asked_at)
            kept = self._kept(asked)
            if roll is None:
                kept.drop(asked)
                return None
            held = kept.get(asked)
            if held is not None and held[1].served.state == roll.state:
                feed = held[1]
            elif asked.filters == NO_FILTER:
                feed = await self._write(asked, roll)
            else:
                async with self._lane:
                    feed = await self._write(asked, roll)
            feed = WrittenFeed(feed.served.dated(datetime.now(UTC)), feed.days)
            kept.keep(asked, roll.looked_at, feed)
            return feed.served

    async def _write(self, asked: Asked, roll: Roll) -> WrittenFeed:
        held = self._kept(asked).get(asked)
        known = await self.known()

        def write() -> WrittenFeed:
            with speaking(asked.language):
                return write_public_feed(
                    asked.form,
                    self._head(asked, roll.title, known),
                    roll.state,
                    choose_sessions(roll.sessions, roll.scope, asked.filters),
                    place=self._place,
                    days=held[1].days if held else {},
                )

        # beside the loop: hundreds of sessions take long enough for others to notice
        return await asyncio.to_thread(write)

    def _head(self, asked: Asked, title: Title, known: Known) -> FeedHead:
        words = asked.filters.say(known)
        query = f"?{asked.filters.query}" if words else ""
        return FeedHead(
            name=f"{title.name} ({words})" if words else str(title.name),
            description=str(title.description),
            source=self._place.address(f"/calendars/{asked.slug}.{asked.form}{query}"),
            url=self._place.address(title.path),
        )

    async def _call_roll(self, slug: str, asked_at: float) -> Roll | None:
        """The sessions of a slug in its newest state; None where there is no feed."""
        async with self._lock(slug):
            held = self._rolls.get(slug)
            if held is not None and held.looked_at >= asked_at - self._memory_seconds:
                return held
            looked_at = monotonic()
            state = await read_state(self._pool, slug)
            roll = None
            if state is not None and held is not None and held.state == state:
                roll = Roll(looked_at, state, held.scope, held.title, held.sessions)
            elif state is not None:
                versions = {offer_id: sheet.version for offer_id, sheet in self._sheets.items()}
                sheets = dict(self._sheets)
                reading = await read_feed(self._pool, slug, versions)
                roll = self._renew(reading, sheets, looked_at) if reading else None
            self._rolls.pop(slug, None)
            if roll is not None:
                self._rolls[slug] = roll
                while len(self._rolls) > ROLLS_AT_MOST:
                    self._rolls.popitem(last=False)
            return roll

    def _renew(self, reading: Reading, sheets: dict[UUID, WrittenSheet], looked_at: float) -> Roll:
        for offer_id, sheet in reading.sheets.items():
            before = {one.shown.item.session.id: one for one in _sessions_of(sheets.get(offer_id))}
            sessions = []
            for shown in sheet.sessions:
                known = before.get(shown.item.session.id)
                sessions.append(known if known is not None and known.shown == shown else WrittenSession(shown))
            sheets[offer_id] = WrittenSheet(sheet.version, tuple(sessions))
        for offer_id in reading.versions:
            self._keep_sheet(offer_id, sheets[offer_id])
        while self._sessions > SESSIONS_AT_MOST and len(self._sheets) > 1:
            _, gone = self._sheets.popitem(last=False)
            self._sessions -= len(gone.sessions)
        chosen = [one for offer_id in reading.versions for one in sheets[offer_id].sessions]
        chosen.sort(key=lambda one: one.shown.order)
        return Roll(looked_at, reading.state, reading.scope, reading.title, tuple(chosen))

    def _keep_sheet(self, offer_id: UUID, sheet: WrittenSheet) -> None:
        before = self._sheets.pop(offer_id, None)
        if before is not None:
            self._sessions -= len(before.sessions)
            if before.version > sheet.version:
                sheet = before
        self._sheets[offer_id] = sheet
        self._sessions += len(sheet.sessions)

    def _known_since(self, asked: Asked, moment: float) -> ServedFeed | None:
        held = self._kept(asked).get(asked)
        return held[1].served if held is not None and held[0] >= moment else None

    def _kept(self, asked: Asked) -> Kept:
        return self.whole if asked.filters == NO_FILTER else self.filtered

    def _lock(self, of: str | Asked) -> asyncio.Lock:
        lock = self._locks.get(of)
        if lock is None:
            lock = self._locks[of] = asyncio.Lock()
        return lock


def _sessions_of(sheet: WrittenSheet | None) -> Iterator[WrittenSession]:
    yield from sheet.sessions if sheet else ()


def ask(slug: str, form: Form, filters: Filters = NO_FILTER) -> Asked:
    """What is asked for, in the language spoken."""
    return Asked(slug, form, language(), filters)
