"""The JSON of a feed: the same sessions as its calendar, at the same state."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from shared.database import transaction
from tests.folding_client import FoldingCalendar
from tests.shared.calendar.test_jscalendar import check_event
from tests.world import NOW

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("weeks")]


def from_calendar(answer):
    calendar = FoldingCalendar()
    calendar.apply(answer.content)
    return sorted((entry.uid, entry.start, entry.summary, entry.status) for entry in calendar.entries())


def from_json(answer):
    group = answer.json()
    for event in group["entries"]:
        check_event(event)
    return sorted(
        (
            event["uid"],
            datetime.fromisoformat(event["start"]).replace(tzinfo=ZoneInfo(event["timeZone"])).astimezone(UTC),
            event["title"],
            event.get("status", "confirmed").upper(),
        )
        for event in group["entries"]
    )


@pytest.mark.parametrize("query", ["", "?sector=s10", "?departement=14&kind=collective_week"])
async def test_it_says_what_the_calendar_says(subscriber, pool, weeks, query):
    async with transaction(pool) as connection:
        await cancel_session(connection, session_id=weeks[1].sessions[1], now=NOW)
    for slug in ("toutes-les-seances", "departement-14", "chantiers-de-la-risle", weeks[1].slug):
        calendar, json = [await subscriber.get(f"/calendars/{slug}.{form}{query}") for form in ("ics", "json")]
        assert from_json(json) == from_calendar(calendar) != []
        assert json.headers["Last-Modified"] == calendar.headers["Last-Modified"]


async def test_it_is_served_like_a_calendar(subscriber, weeks):
    address = f"/calendars/{weeks[0].slug}.json"
    got = await subscriber.get(address)
    assert got.headers["Content-Type"] == "application/jscalendar+json;type=group"
    assert got.headers["Cache-Control"] == "public, max-age=300"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    small = await subscriber.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.json() == got.json()
    assert small.headers["ETag"] != got.headers["ETag"]
    for condition in ({"If-None-Match": got.headers["ETag"]}, {"If-Modified-Since": got.headers["Last-Modified"]}):
        assert (await subscriber.get(address, headers=condition)).status_code == 304
    head = await subscriber.head(address)
    assert (head.content, head.headers) == (b"", got.headers)


async def test_a_group_without_events_is_a_group(subscriber, weeks):
    answer = await subscriber.get(f"/calendars/{weeks[1].slug}.json?departement=27")
    assert answer.json()["entries"] == []


async def test_a_personal_feed_has_no_json(subscriber, weeks, register, personal_address):
    (mine,) = await register(weeks[0], 1)
    answer = await subscriber.get(personal_address(mine["pupil_id"]).replace(".ics", ".json"))
    assert answer.status_code == 404
