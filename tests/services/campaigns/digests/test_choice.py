"""When a summary is due, on the clock of Paris."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.campaigns.digests.choice import DEFAULTS, Choice, NotAChoice, parse_choice
from shared.french_dates import PARIS


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=PARIS)


def test_planners_hear_on_working_days_and_teachers_on_mondays_at_half_past_seven():
    morning, monday = DEFAULTS["planning"], DEFAULTS["teaching"]
    # 7 June 2027 is a Monday
    assert [morning.due(at(day, 7, 30)) for day in range(7, 14)] == [True] * 5 + [False] * 2
    assert [monday.due(at(day, 7, 30)) for day in range(7, 14)] == [True] + [False] * 6
    assert not morning.due(at(7, 7, 29))


def test_a_machine_that_was_down_makes_up_for_it_in_the_morning_not_in_the_evening():
    assert DEFAULTS["planning"].due(at(7, 11, 29))
    assert not DEFAULTS["planning"].due(at(7, 11, 30))


def test_half_past_seven_is_half_past_seven_on_both_sides_of_a_change_of_clocks():
    # Friday 26 and Monday 29 March 2027
    for day, hours in ((26, 6), (29, 5)):
        due = datetime(2027, 3, day, hours, 30, tzinfo=UTC)
        assert DEFAULTS["planning"].due(due)
        assert not DEFAULTS["planning"].due(due - timedelta(minutes=1))


def test_who_wants_none_gets_none():
    assert not any(Choice(what="planning", rhythm="off").due(at(day, 8)) for day in range(7, 14))


@pytest.mark.parametrize(("rhythm", "given"), [("hourly", "07:30"), ("daily", "03:00"), ("daily", "x"), ("", "")])
def test_only_what_is_offered_may_be_chosen(rhythm, given):
    with pytest.raises(NotAChoice):
        parse_choice("planning", rhythm, given)
    assert parse_choice("planning", "weekly", "18:30").at == time(18, 30)
