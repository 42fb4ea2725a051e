"""The time law: what one pupil may be asked in a day and in a week."""

from datetime import date, datetime

import pytest

from services.campaigns.offers.time_law import Presence, find_breaches, refuse_day
from shared.french_dates import PARIS


def presence(day: int, start: str, end: str, *, meal: bool = False, mark: int = 1) -> Presence:
    def moment(said: str) -> datetime:
        hour, minute = said.split(":")
        return datetime(2027, 6, day, int(hour), int(minute), tzinfo=PARIS)

    return Presence(mark=mark, starts_at=moment(start), ends_at=moment(end), meal=meal)


def rules(*presences: Presence) -> list[str]:
    return [breach.rule for breach in find_breaches(presences)]


@pytest.mark.parametrize(
    ("day", "broken"),
    [
        ([("9:00", "12:00"), ("13:00", "17:00")], []),
        ([("9:00", "12:00"), ("13:00", "17:01")], ["day_too_long"]),
        ([("9:00", "12:00"), ("12:30", "16:00")], []),
        ([("9:00", "12:00"), ("12:29", "14:00")], ["break_missing"]),
        ([("9:00", "13:29")], []),
        ([("9:00", "13:30")], ["break_missing"]),
        ([("6:00", "9:00"), ("17:00", "20:00")], []),
        ([("5:59", "9:00")], ["too_early"]),
        ([("17:00", "20:01")], ["too_late"]),
        ([("9:00", "12:00"), ("9:00", "12:00"), ("13:00", "16:00")], []),
    ],
)
def test_the_limits_of_a_day_are_exact(day, broken):
    assert rules(*(presence(14, start, end) for start, end in day)) == broken


def test_a_meal_is_a_break_only_when_it_lasts():
    short = presence(14, "12:00", "12:20", meal=True)
    assert rules(presence(14, "9:00", "12:00"), short, presence(14, "12:20", "14:00")) == ["break_missing"]
    assert (
        rules(presence(14, "9:00", "12:00"), presence(14, "12:00", "13:00", meal=True), presence(14, "13:00", "16:00"))
        == []
    )


def test_a_breach_is_at_the_presence_where_it_begins():
    breaches = find_breaches([presence(14, "13:00", "18:00", mark=8), presence(14, "9:00", "12:00", mark=7)])
    assert {breach.mark for breach in breaches} == {8}


def test_rest_between_two_days_is_fourteen_hours():
    assert rules(presence(14, "16:00", "19:00"), presence(15, "9:00", "12:00")) == []
    assert rules(presence(14, "16:00", "19:01"), presence(15, "9:00", "12:00")) == ["rest_too_short"]


def test_a_week_has_35_hours_and_30_under_fifteen():
    def week(end: str) -> list[Presence]:
        days = range(14, 19)
        return [p for day in days for p in (presence(day, "9:00", "12:00"), presence(day, "13:00", end))]

    assert rules(*week("16:00")) == []
    (breach,) = find_breaches(week("17:00"))
    assert (breach.rule, breach.warning) == ("week_long_under_15", True)
    assert rules(*week("17:00"), presence(19, "9:00", "9:30")) == ["week_too_long"]
    assert rules(*week("17:00"), presence(21, "9:00", "9:30")) == ["week_long_under_15"]


def test_weekends_and_public_holidays_are_no_days():
    assert refuse_day(date(2027, 6, 18)) is None
    assert refuse_day(date(2027, 6, 19))[0] == "weekend"
    assert refuse_day(date(2027, 5, 17))[1] == "ce jour est férié (Lundi de Pentecôte)."
