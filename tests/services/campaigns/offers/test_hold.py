"""Until when a freed seat is held."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.campaigns.offers.hold import is_school_day, promotion_deadline

PARIS = ZoneInfo("Europe/Paris")
FAR = datetime(2028, 6, 19, 9, 0, tzinfo=PARIS)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("offered", "deadline"),
    [
        (paris(2027, 6, 1, 15), paris(2027, 6, 2, 15)),  # a Tuesday: 24 hours
        (paris(2027, 6, 1, 22), paris(2027, 6, 3, 8)),  # late in the evening: the morning after
        (paris(2027, 6, 1, 3), paris(2027, 6, 2, 8)),  # at night: when the day begins
        (paris(2027, 6, 4, 15), paris(2027, 6, 7, 15)),  # a Friday: Monday
        (paris(2027, 3, 28, 10), paris(2027, 3, 30, 10)),  # Easter Monday is in between
    ],
)
def test_a_seat_is_held_for_a_day_and_on_to_the_next_school_day(offered, deadline):
    assert promotion_deadline(offered, FAR) == deadline


def test_a_seat_is_never_held_into_the_last_twelve_hours_before_the_first_session():
    first = paris(2027, 6, 14, 9)
    assert promotion_deadline(paris(2027, 6, 13, 10), first) == first - timedelta(hours=12)


@pytest.mark.parametrize("hours_before", [1, 5, 12, 13])
def test_at_the_last_moment_there_are_two_hours_to_answer(hours_before):
    first = paris(2027, 6, 14, 9)
    now = first - timedelta(hours=hours_before)
    assert promotion_deadline(now, first) == now + timedelta(hours=2)


def test_without_a_session_there_is_no_bound():
    assert promotion_deadline(datetime(2027, 6, 1, 10, tzinfo=UTC), None) == datetime(2027, 6, 2, 10, tzinfo=UTC)


def test_school_holidays_of_zone_b_are_no_school_days():
    assert not is_school_day(paris(2026, 12, 22).date())
    assert is_school_day(paris(2026, 12, 1).date())
