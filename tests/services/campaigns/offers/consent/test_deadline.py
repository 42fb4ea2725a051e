"""Until when a seat is held for a guardian's consent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.campaigns.offers.hold import consent_deadline, remind_at

PARIS = ZoneInfo("Europe/Paris")
FAR = datetime(2028, 6, 19, 9, 0, tzinfo=PARIS)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("asked", "deadline"),
    [
        (paris(2027, 5, 31, 15), paris(2027, 6, 3, 15)),  # a Monday: 72 hours
        (paris(2027, 5, 31, 22), paris(2027, 6, 4, 8)),  # late in the evening: in the morning after
        (paris(2027, 6, 2, 15), paris(2027, 6, 7, 15)),  # a Wednesday: Saturday is no school day
        (paris(2027, 3, 26, 10), paris(2027, 3, 30, 10)),  # Easter Monday is in between
    ],
)
def test_a_guardian_has_three_days_and_on_to_the_next_school_day(asked, deadline):
    assert consent_deadline(asked, FAR) == deadline


def test_never_later_than_twelve_hours_before_the_first_session():
    first = paris(2027, 6, 14, 9)
    assert consent_deadline(paris(2027, 6, 11, 10), first) == first - timedelta(hours=12)


@pytest.mark.parametrize("hours_before", [1, 12, 13])
def test_at_the_last_moment_there_are_two_hours_to_answer(hours_before):
    first = paris(2027, 6, 14, 9)
    now = first - timedelta(hours=hours_before)
    assert consent_deadline(now, first) == now + timedelta(hours=2)


@pytest.mark.parametrize(
    ("asked", "deadline", "reminded"),
    [
        (paris(2027, 5, 31, 0), paris(2027, 6, 3, 0), paris(2027, 6, 1, 12)),
        (paris(2027, 5, 31, 15), paris(2027, 6, 3, 15), paris(2027, 6, 2, 8)),  # not at three in the night
        (paris(2027, 5, 31, 10), paris(2027, 6, 3, 10), paris(2027, 6, 2, 8)),  # nor at ten in the evening
        (paris(2027, 6, 13, 22), paris(2027, 6, 14, 0), paris(2027, 6, 13, 23)),  # there is no morning left
    ],
)
def test_the_reminder_comes_half_way_and_not_at_night(asked, deadline, reminded):
    assert remind_at(asked, deadline) == reminded
