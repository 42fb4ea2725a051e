"""A big feed's bytes: compressed by days that stand by themselves, and only those that changed compressed again."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.campaigns.feeds.feed import FeedState
from services.campaigns.feeds.public import writing
from services.campaigns.feeds.public.standing import ShownSession, Standing
from services.campaigns.feeds.public.writing import BIG, Place, WrittenSession, write_public_feed
from shared.calendar.feed import FeedSession
from tests.programmes import CHANGED, NAMESPACE, a_session
from tests.shared.calendar.writing import HEAD

PLACE = Place("quinzaine.example", "http://quinzaine.example")
STATE = FeedState("1", CHANGED)


def sessions(count: int, days: int = 10) -> list[WrittenSession]:
    made = (shown(number, date(2027, 6, 14) + timedelta(days=number % days)) for number in range(count))
    return [WrittenSession(one) for one in sorted(made, key=lambda one: one.order)]


def shown(number: int, day: date) -> ShownSession:
    session = a_session(
        day, 9 + number % 8, 10 + number % 8, id=uuid5(NAMESPACE, str(number)), title=f"Visite {number}"
    )
    return ShownSession(
        kind="collective_week",
        organisation_id=UUID(int=1),
        standing=Standing(None, None, ()),
        item=FeedSession(session=session, offer_title="Semaine", offer_url=f"/offres/semaine-{number // 10}"),
    )


def write(chosen: list[WrittenSession], form="ics", days=None):
    return write_public_feed(form, HEAD, STATE, [(one, None) for one in chosen], place=PLACE, days=days or {})


def members(data: bytes) -> Iterator[bytes]:
    """What readers make of it that stop at the end of the first member, and what is left over."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    yield reader.decompress(data) + reader.flush()
    yield reader.unused_data


@pytest.mark.parametrize("form", ["ics", "json"])
@pytest.mark.parametrize("count", [0, 1, 40, 2_000])
def test_compressed_it_is_one_member_with_the_same_bytes(form, count):
    served = write(sessions(count), form).served
    assert gzip.decompress(served.compressed.body) == served.plain.body
    assert list(members(served.compressed.body)) == [served.plain.body, b""]


def test_days_apart_cost_little_in_size():
    served = write(sessions(2_000)).served
    assert len(served.plain.body) > BIG
    assert len(served.compressed.body) < 1.1 * len(gzip.compress(served.plain.body, 6))


def test_a_small_feed_is_compressed_as_one():
    served = write(sessions(40)).served
    assert len(served.plain.body) < BIG
    assert len(served.compressed.body) < 30 + len(gzip.compress(served.plain.body, 6))


def test_one_change_compresses_one_day_again(monkeypatch):
    chosen = sessions(2_000)
    before = write(chosen)
    pressed = []
    press = writing._press
    monkeypatch.setattr(writing, "_press", lambda part: pressed.append(part) or press(part))
    changed = chosen[700].shown
    session = replace(changed.item.session, title="Fonderie")
    chosen[700] = WrittenSession(replace(changed, item=replace(changed.item, session=session)))
    after = write(chosen, days=before.days)
    assert len(pressed) == 1
    assert len(pressed[0]) < len(after.served.plain.body) / 8
    assert after.served.compressed.body == write(chosen).served.compressed.body
    assert gzip.decompress(after.served.compressed.body) == after.served.plain.body


def test_days_that_are_gone_are_not_kept():
    before = write(sessions(2_000))
    after = write(sessions(2_000)[:1_000], days=before.days)
    assert set(after.days) - set(write(sessions(2_000)[:1_000]).days) == set()
