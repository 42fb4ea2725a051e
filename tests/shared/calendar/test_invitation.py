"""Invitations as a client lives with them: whatever comes in whatever order, the calendar shows the programme."""

from datetime import date, timedelta

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.programme import Programme
from tests.folding_client import FoldingCalendar
from tests.programmes import a_day, a_programme, a_session, truth
from tests.shared.calendar.writing import UID, feed_of, invite

MONDAY = date(2027, 10, 25)


def shown(*messages: bytes):
    calendar = FoldingCalendar()
    for message in messages:
        calendar.apply(message)
    return [(entry.start, entry.end) for entry in calendar.entries()]


@st.composite
def histories(draw) -> list[Programme]:
    """A programme and what becomes of it: days move, drop out, come back or are added; instances never move.

    A free instance is found as the product does it: the day's own date where no day holds it, else the next free one.
    """
    days = {number: MONDAY + timedelta(days=number) for number in range(draw(st.integers(1, 5)))}
    instances = dict(days)
    gone: set[int] = set()
    history = []
    for _ in range(draw(st.integers(1, 6))):
        history.append(_programme(days, instances, gone))
        number = draw(st.sampled_from(sorted(days)))
        match draw(st.sampled_from(("move", "drop", "back", "add"))):
            case "move":
                free = sorted({MONDAY + timedelta(days=offset) for offset in range(-3, 12)} - set(days.values()))
                days[number] = draw(st.sampled_from(free))
            case "drop":
                gone.add(number)
            case "back":
                gone.discard(number)
            case "add":
                added = max(max(days.values()), max(instances.values())) + timedelta(days=1)
                days[len(days)] = instances[len(instances)] = added
    history.append(_programme(days, instances, gone))
    return history


def _programme(days: dict[int, date], instances: dict[int, date], gone: set[int]) -> Programme:
    return a_programme(
        *(
            a_day(
                day,
                a_session(day, 9, 12, status="cancelled" if number in gone else "planned"),
                a_session(day, 13, 15 + number % 3, status="cancelled" if number in gone else "planned"),
                instance_on=instances[number],
            )
            for number, day in days.items()
        ),
        first=MONDAY,
    )


def message_about(programme: Programme, sequence: int) -> bytes:
    return invite(programme, sequence=sequence, method="REQUEST" if truth(programme) else "CANCEL")


@given(history=histories(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_messages_in_any_order_fold_to_the_newest_programme(history, data):
    messages = [message_about(programme, sequence) for sequence, programme in enumerate(history)]
    order = data.draw(st.permutations(messages))
    again = data.draw(st.lists(st.sampled_from(messages), max_size=3))
    assert shown(*order, *again) == truth(history[-1])


@given(history=histories(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_lost_messages_do_no_harm_when_the_newest_arrives(history, data):
    *earlier, newest = [message_about(programme, sequence) for sequence, programme in enumerate(history)]
    kept = data.draw(st.lists(st.sampled_from(earlier or [newest]), max_size=3))
    assert shown(*kept, newest) == truth(history[-1])


@given(history=histories(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_cancel_removes_everything_whenever_it_arrives(history, data):
    messages = [message_about(programme, sequence) for sequence, programme in enumerate(history)]
    messages.append(invite(history[-1], sequence=len(history), method="CANCEL"))
    assert shown(*data.draw(st.permutations(messages))) == []


@given(history=histories())
@settings(max_examples=30, deadline=None)
def test_ical_js_shows_the_newest_programme_too(read_by_ical_js, history):
    programme = history[-1]
    if truth(programme):
        entries = read_by_ical_js(invite(programme))["entries"]
        expected = [(start.isoformat(), end.isoformat()) for start, end in truth(programme)]
        found = [(entry["start"].replace("Z", "+00:00"), entry["end"].replace("Z", "+00:00")) for entry in entries]
        assert sorted(found) == expected


@given(history=histories())
@settings(max_examples=20, deadline=None)
def test_equal_arguments_give_equal_bytes(history):
    for programme in history:
        assert invite(programme) == invite(programme)
        sessions = [session for day in programme.days for session in day.sessions]
        assert feed_of(*sessions) == feed_of(*sessions)


def test_every_component_has_one_uid_one_sequence_one_attendee_and_the_organiser():
    programme = a_programme(*(a_day(MONDAY + timedelta(days=number)) for number in range(5)), first=MONDAY)
    calendar = vobject.readOne(invite(programme, sequence=7).decode("utf-8"))
    events = calendar.vevent_list
    assert len(events) == 6
    assert {event.uid.value for event in events} == {UID}
    assert {event.sequence.value for event in events} == {"7"}
    assert {event.organizer.value for event in events} == {"mailto:abcdefgh@quinzaine.example"}
    assert {event.dtstamp.value for event in events} == {events[0].dtstamp.value}
    for event in events:
        (attendee,) = event.attendee_list
        assert attendee.value == "mailto:camille@eleve.example"
        assert attendee.params["PARTSTAT"] == ["ACCEPTED"]
        assert attendee.params["RSVP"] == ["TRUE"]
        (alarm,) = event.valarm_list
        assert alarm.action.value == "DISPLAY"


def test_one_day_is_one_event_without_a_series():
    ics = invite(a_programme(a_day(MONDAY), first=MONDAY))
    assert ics.count(b"BEGIN:VEVENT") == 1
    assert b"RRULE" not in ics.split(b"END:VTIMEZONE")[1]
    assert b"RECURRENCE-ID" not in ics


def test_a_week_that_shrinks_to_one_day_stays_the_series_it_was():
    dates = [MONDAY + timedelta(days=number) for number in range(3)]
    week = a_programme(*(a_day(day) for day in dates), first=MONDAY)
    left = a_programme(
        a_day(dates[0], a_session(dates[0], 9, 12, status="cancelled")),
        a_day(dates[1], a_session(dates[1], 9, 12, status="cancelled")),
        a_day(dates[2]),
        first=MONDAY,
    )
    assert shown(invite(left, sequence=2), invite(week)) == truth(left)
    assert len(truth(left)) == 1


def test_a_day_that_grows_to_a_week_becomes_a_series():
    day = a_programme(a_day(MONDAY), first=MONDAY)
    week = a_programme(*(a_day(MONDAY + timedelta(days=number)) for number in range(3)), first=MONDAY)
    assert shown(invite(week, sequence=2), invite(day)) == shown(invite(day), invite(week, sequence=2)) == truth(week)


def test_the_master_tells_the_whole_week_to_clients_that_drop_overrides():
    programme = a_programme(*(a_day(MONDAY + timedelta(days=number)) for number in range(5)), first=MONDAY)
    master = vobject.readOne(invite(programme).decode("utf-8")).vevent_list[0]
    for said in ("lundi 25 octobre", "vendredi 29 octobre", "Chantiers de la Risle", "9 h–12 h"):
        assert said in master.description.value.replace("\u202f", " ").replace("\xa0", " ")


def test_the_plain_file_names_nobody():
    ics = invite(a_programme(a_day(MONDAY), first=MONDAY), method="PUBLISH", attendee=None)
    assert b"METHOD:PUBLISH" in ics
    assert b"ATTENDEE" not in ics
