"""A feed: an entry per session, tombstones, and no contact for everybody to see."""

from datetime import date, timedelta

import vobject

from tests.folding_client import FoldingCalendar
from tests.programmes import CHANGED, a_session
from tests.shared.calendar.writing import HEAD, feed_of

MONDAY = date(2027, 6, 14)
CONTACT = "Dominique Martin, 02 00 00 00 00"


def entries(ics: bytes):
    calendar = FoldingCalendar()
    calendar.apply(ics)
    return calendar.entries()


def test_every_session_is_an_entry_of_its_own():
    sessions = [a_session(MONDAY, 9, 12, sequence=3), a_session(MONDAY, 13, 16)]
    events = vobject.readOne(feed_of(*sessions).decode()).vevent_list
    assert [event.uid.value for event in events] == [f"{session.id}@quinzaine.example" for session in sessions]
    assert [event.sequence.value for event in events] == ["3", "0"]
    assert {event.dtstamp.value for event in events} == {event.last_modified.value for event in events} == {CHANGED}


def test_a_cancelled_session_stays_as_cancelled():
    before = a_session(MONDAY, 9, 12)
    after = a_session(MONDAY, 9, 12, status="cancelled", sequence=1, changed_at=CHANGED + timedelta(hours=1))
    calendar = FoldingCalendar()
    calendar.apply(feed_of(after))
    calendar.apply(feed_of(before))
    assert [entry.status for entry in calendar.entries()] == ["CANCELLED"]


def test_contacts_are_told_in_personal_feeds_only():
    session = a_session(MONDAY, 9, 12, contact=CONTACT)
    unfolded = feed_of(session).replace(b"\r\n ", b"")
    assert b"02 00 00 00 00" not in unfolded
    assert b"02 00 00 00 00" in feed_of(session, personal=True).replace(b"\r\n ", b"")


def test_a_feed_says_what_it_is_and_how_often_to_ask(read_by_ical_js):
    ics = feed_of()
    assert read_by_ical_js(ics)["name"] == HEAD.name
    for line in (
        b"METHOD:PUBLISH",
        b"X-WR-CALNAME:Semaine",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
        b"SOURCE;VALUE=URI:http://quinzaine.example/calendars/semaine.ics",
        b"COLOR:teal",
    ):
        assert line in ics.split(b"\r\n")


def test_a_feed_without_sessions_is_a_calendar():
    assert entries(feed_of()) == []
