"""Invitations and feeds read back by vobject and by ical.js: the instants are those of the programme."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.appointment import Appointment
from shared.calendar.promise import Promise, write_promise
from shared.people import Person
from tests.folding_client import FoldingCalendar
from tests.programmes import a_day, a_programme, a_session, truth
from tests.shared.calendar.writing import feed_of, invite

# the weeks around the changes of the clock, a summer and a winter week, and one over the turn of the year
WEEKS = (
    date(2027, 3, 25),
    date(2027, 10, 28),
    date(2026, 3, 27),
    date(2028, 10, 26),
    date(2027, 6, 14),
    date(2027, 1, 4),
    date(2027, 12, 29),
)


def by_vobject(ics: bytes) -> list[tuple[datetime, datetime]]:
    calendar = FoldingCalendar()
    calendar.apply(ics)
    return sorted((entry.start, entry.end) for entry in calendar.entries())


def by_ical_js(read, ics: bytes) -> list[tuple[datetime, datetime]]:
    entries = read(ics)["entries"]
    return sorted((datetime.fromisoformat(entry["start"]), datetime.fromisoformat(entry["end"])) for entry in entries)


@pytest.mark.parametrize("first", WEEKS, ids=str)
@pytest.mark.parametrize("skipped", [(), (1,), (0, 2)], ids=str)
def test_an_invitation_has_the_instants_of_the_programme(read_by_ical_js, first, skipped):
    days = [a_day(first + timedelta(days=number)) for number in range(6) if number not in skipped]
    programme = a_programme(*days, first=first)
    ics = invite(programme)
    assert by_vobject(ics) == truth(programme)
    assert by_ical_js(read_by_ical_js, ics) == truth(programme)


@pytest.mark.parametrize("first", WEEKS, ids=str)
def test_a_day_moved_to_other_hours_keeps_its_instance(read_by_ical_js, first):
    moved = first + timedelta(days=3)
    days = [a_day(first + timedelta(days=number)) for number in range(3)]
    programme = a_programme(*days, a_day(moved, a_session(moved, 7, 20)), first=first)
    ics = invite(programme)
    assert by_vobject(ics) == by_ical_js(read_by_ical_js, ics) == truth(programme)


@pytest.mark.parametrize("first", WEEKS, ids=str)
def test_a_feed_has_the_instants_of_its_sessions(read_by_ical_js, first):
    sessions = [a_session(first + timedelta(days=number), 9 + number, 12 + number) for number in range(7)]
    expected = [(session.starts_at.astimezone(UTC), session.ends_at.astimezone(UTC)) for session in sessions]
    assert by_vobject(feed_of(*sessions)) == expected
    assert by_ical_js(read_by_ical_js, feed_of(*sessions)) == expected


@given(
    first=st.dates(date(2026, 1, 1), date(2037, 12, 20)),
    offsets=st.sets(st.integers(0, 9), min_size=1, max_size=6),
    start=st.integers(3, 20),
    length=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_parsers_agree_with_any_programme(read_by_ical_js, first, offsets, start, length):
    dates = [first + timedelta(days=offset) for offset in sorted(offsets)]
    programme = a_programme(*(a_day(day, a_session(day, start, start + length)) for day in dates), first=dates[0])
    ics = invite(programme)
    assert by_vobject(ics) == by_ical_js(read_by_ical_js, ics) == truth(programme)


def test_a_group_is_told_its_own_sessions_and_those_of_all(read_by_ical_js):
    day, group, other = date(2027, 6, 14), UUID(int=3), UUID(int=4)
    programme = a_programme(
        a_day(
            day,
            a_session(day, 9, 12, group_id=group),
            a_session(day, 13, 15),
            a_session(day, 16, 17, group_id=other, title="Autre groupe"),
        ),
        a_day(day + timedelta(days=1), a_session(day + timedelta(days=1), 9, 10, group_id=other)),
        first=day,
    )
    ics = invite(programme, group_id=group)
    assert by_vobject(ics) == by_ical_js(read_by_ical_js, ics) == truth(programme, group)
    assert "Autre groupe" not in ics.decode()


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_a_promise_says_the_same_to_both(read_by_ical_js, method):
    starts_at = datetime(2027, 6, 15, 7, tzinfo=UTC)
    appointment = Appointment(
        session_id=UUID(int=1),
        offer="Semaine ; à « Pont-Audemer »",
        organisation='A;B,C "D"\nEND:VEVENT',
        title="Une visite\nEND:VEVENT",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        place="2 rue du Quai, 27500 Pont-Audemer" * 3,
    )
    ics = write_promise(
        Promise(appointment=appointment, tentative=True),
        uid="un@quinzaine.example",
        sequence=3,
        stamp=starts_at,
        method=method,
        organiser_address="repondre@quinzaine.example",
        invited=Person(id=UUID(int=2), first_name="Ange", last_name="Caron", email="ange@metiers.example"),
    )
    assert all(len(line) <= 75 for line in ics.split(b"\r\n"))
    read = read_by_ical_js(ics)
    assert read["method"] == method
    calendar = FoldingCalendar()
    calendar.apply(ics)
    if method == "CANCEL":
        assert calendar.entries() == []
        return
    told = [(entry.uid, entry.summary, entry.location, entry.status) for entry in calendar.entries()]
    assert told == [(entry["uid"], entry["summary"], entry["location"], entry["status"]) for entry in read["entries"]]
    assert by_vobject(ics) == by_ical_js(read_by_ical_js, ics) == [(starts_at, starts_at + timedelta(hours=3))]


def test_an_invitation_says_the_same_to_both(read_by_ical_js):
    programme = a_programme(a_day(date(2027, 6, 14)), a_day(date(2027, 6, 16)), first=date(2027, 6, 14))
    ics = invite(programme, sequence=4, status="held")
    read = read_by_ical_js(ics)
    assert read["method"] == "REQUEST"
    calendar = FoldingCalendar()
    calendar.apply(ics)
    told = [(entry.uid, entry.summary, entry.location, entry.status) for entry in calendar.entries()]
    assert told == [(entry["uid"], entry["summary"], entry["location"], entry["status"]) for entry in read["entries"]]
    assert {status for *_, status in told} == {"TENTATIVE"}
    assert {entry["sequence"] for entry in read["entries"]} == {4}
