"""Reminders: when each is due."""

from datetime import UTC, datetime, timedelta

import msgspec

from services.notifications.reminders import due_reminders
from services.notifications.samples.letters import a_programme, session_id
from shared.french_dates import PARIS


def begins_at(moment: datetime):
    """The programme with its first session at another moment, the other days after it."""
    programme = a_programme()
    monday = programme.days[0]
    first = msgspec.structs.replace(monday.sessions[0], starts_at=moment, ends_at=moment + timedelta(hours=2))
    return msgspec.structs.replace(programme, days=(msgspec.structs.replace(monday, sessions=(first,)),))


def test_a_week_before_at_nine_and_the_day_before_at_five_on_the_clock_of_paris():
    week, eve = due_reminders(a_programme(), None)
    assert week.due_at == datetime(2027, 6, 7, 9, tzinfo=PARIS)
    assert eve.due_at == datetime(2027, 6, 13, 17, tzinfo=PARIS)


def test_a_change_of_clocks_in_between_moves_no_time_of_day():
    # the clocks change on 28 March and on 31 October 2027
    for starts_at, hours in (
        (datetime(2027, 3, 29, 9, tzinfo=PARIS), ("08:00", "15:00")),
        (datetime(2027, 11, 1, 9, tzinfo=PARIS), ("07:00", "16:00")),
    ):
        due = due_reminders(begins_at(starts_at), None)
        assert tuple(f"{each.due_at.astimezone(UTC):%H:%M}" for each in due) == hours
        assert [f"{each.due_at:%H:%M}" for each in due] == ["09:00", "17:00"]


def test_what_begins_after_midnight_is_of_its_own_day_in_paris():
    _, eve = due_reminders(begins_at(datetime(2027, 6, 13, 22, 30, tzinfo=UTC)), None)
    assert eve.due_at == datetime(2027, 6, 13, 17, tzinfo=PARIS)


def test_a_reminder_is_of_no_more_use_when_the_next_one_goes_or_it_begins():
    week, eve = due_reminders(a_programme(), None)
    assert week.useless_from == eve.due_at
    assert eve.useless_from == datetime(2027, 6, 14, 9, tzinfo=PARIS)


def test_each_group_is_reminded_before_its_own_first_session():
    programme = a_programme()
    group_id = session_id(9, 0)
    days = list(programme.days)
    days[0] = msgspec.structs.replace(
        days[0], sessions=tuple(msgspec.structs.replace(each, group_id=group_id) for each in days[0].sessions)
    )
    programme = msgspec.structs.replace(programme, days=tuple(days))
    (_, eve), (_, eve_of_others) = due_reminders(programme, group_id), due_reminders(programme, session_id(9, 1))
    assert eve.due_at == datetime(2027, 6, 13, 17, tzinfo=PARIS)
    assert eve_of_others.due_at == datetime(2027, 6, 14, 17, tzinfo=PARIS)


def test_of_a_programme_with_nothing_left_nobody_is_reminded():
    assert due_reminders(msgspec.structs.replace(a_programme(), days=()), None) == ()
