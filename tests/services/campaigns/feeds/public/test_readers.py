"""A public feed read by ical.js, vobject and icalendar: each sees the same sessions at the same instants."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.folding_client import FoldingCalendar
from tests.world import MONDAY, NOW

pytestmark = pytest.mark.anyio

HOSTILE = 'Soudure; "A,B"\\n END:VEVENT é €'


def by_ical_js(read, ics: bytes):
    return sorted(
        (
            entry["uid"],
            datetime.fromisoformat(entry["start"]),
            datetime.fromisoformat(entry["end"]),
            entry["summary"],
            entry["location"],
            entry["status"],
        )
        for entry in read(ics)["entries"]
    )


def by_vobject(ics: bytes):
    calendar = FoldingCalendar()
    calendar.apply(ics)
    return sorted(
        (entry.uid, entry.start, entry.end, entry.summary, entry.location, entry.status) for entry in calendar.entries()
    )


def by_icalendar(ics: bytes):
    return sorted(
        (
            str(event["UID"]),
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["SUMMARY"]),
            str(event.get("LOCATION", "")),
            str(event["STATUS"]),
        )
        for event in Calendar.from_ical(ics).walk("VEVENT")
    )


@pytest.mark.parametrize("address", ["toutes-les-seances", "secteur-s10", "departement-27", "chantiers-de-la-risle"])
@pytest.mark.parametrize("query", ["", "?sector=s10&departement=27&kind=collective_week"])
async def test_three_readers_see_the_same(subscriber, pool, weeks, read_by_ical_js, address, query):
    later = NOW + timedelta(hours=1)
    async with transaction(pool) as connection:
        await edit_day(connection, offer_id=weeks[1].offer_id, date=MONDAY, sector="s18", now=later)
        await cancel_session(connection, session_id=weeks[0].sessions[1], now=later)
        await change_session(
            connection, session_id=weeks[0].sessions[0], change=SessionChange(title=HOSTILE), now=later
        )
    answer = await subscriber.get(f"/calendars/{address}.ics{query}")
    assert answer.status_code == 200
    found = by_ical_js(read_by_ical_js, answer.content)
    assert found == by_vobject(answer.content) == by_icalendar(answer.content) != []
    assert any(HOSTILE in summary for _, _, _, summary, _, _ in found)
