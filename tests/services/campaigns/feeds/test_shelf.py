"""The shelf: what is kept, for how long, and that a feed is written once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.feeds.feed import FeedContent, FeedState
from services.campaigns.feeds.shelf import Shelf
from shared.calendar.feed import FeedSession
from tests.programmes import CHANGED, a_session
from tests.shared.calendar.writing import HEAD

pytestmark = pytest.mark.anyio


class Source:
    """Where a feed comes from, counting how often it is asked."""

    def __init__(self) -> None:
        self.state = FeedState("1", CHANGED)
        self.looked_up = self.read = 0

    async def read_state(self) -> FeedState:
        self.looked_up += 1
        await asyncio.sleep(0.01)
        return self.state

    async def read_content(self) -> FeedContent:
        self.read += 1
        session = a_session(CHANGED.date(), 9, 12)
        return FeedContent(self.state, HEAD, (FeedSession(session=session, offer_title="Semaine", offer_url=HEAD.url),))


def fetch(shelf: Shelf, address: str, source: Source):
    return shelf.fetch(address, read_state=source.read_state, read_content=source.read_content, private=False)


async def test_many_askers_share_one_look_and_one_writing():
    shelf, source = Shelf(memory_seconds=1, domain="x.example"), Source()
    feeds = await asyncio.gather(*(fetch(shelf, "a.ics", source) for _ in range(10)))
    assert (source.looked_up, source.read) == (1, 1)
    assert len({id(feed) for feed in feeds}) == 1
    assert shelf.recent("a.ics") is feeds[0]


async def test_the_same_state_is_not_written_again_when_the_memory_has_passed():
    shelf, source = Shelf(memory_seconds=0, domain="x.example"), Source()
    first = await fetch(shelf, "a.ics", source)
    assert shelf.recent("a.ics") is None
    assert await fetch(shelf, "a.ics", source) is first
    source.state = FeedState("2", CHANGED)
    assert await fetch(shelf, "a.ics", source) is not first
    assert (source.looked_up, source.read) == (3, 2)


async def test_an_asker_who_goes_away_leaves_the_others_their_answer():
    shelf, source = Shelf(memory_seconds=1, domain="x.example"), Source()
    impatient = asyncio.create_task(fetch(shelf, "a.ics", source))
    patient = asyncio.create_task(fetch(shelf, "a.ics", source))
    await asyncio.sleep(0.005)
    impatient.cancel()
    assert await patient is not None


async def test_the_longest_unused_feeds_go_when_memory_is_full():
    size = (await fetch(Shelf(memory_seconds=9, domain="x.example"), "a.ics", Source())).size
    shelf = Shelf(memory_seconds=9, domain="x.example", bytes_at_most=2 * size)
    for address in ("a.ics", "b.ics", "c.ics"):
        await fetch(shelf, address, Source())
    assert [shelf.recent(address) is not None for address in ("a.ics", "b.ics", "c.ics")] == [False, True, True]


async def test_a_date_in_the_future_is_not_told_until_it_comes():
    shelf, source = Shelf(memory_seconds=0, domain="x.example"), Source()
    source.state = FeedState("1", datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1))
    assert (await fetch(shelf, "a.ics", source)).last_modified == b""
    await asyncio.sleep(1.05)
    feed = await fetch(shelf, "a.ics", source)
    assert feed.last_modified
    assert (b"last-modified", feed.last_modified) in feed.plain.headers
    assert source.read == 1
