"""A held seat: until when the next in the queue may accept it."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

PARIS = ZoneInfo("Europe/Paris")
ZONE_OF_NORMANDY = "B"

ANSWER_WITHIN = timedelta(hours=24)
LATEST_BEFORE_START = timedelta(hours=12)
ANSWER_AT_THE_LAST_MOMENT = timedelta(hours=2)
DAY_BEGINS, DAY_ENDS = time(8), time(20)


def address_deadline(now: datetime, first_session_at: datetime | None) -> datetime:
    """Until when a seat is held for who has to prove an address: 24 hours, less where the offer begins before that."""
    deadline = now + ANSWER_WITHIN
    if first_session_at is not None:
        deadline = min(deadline, first_session_at - LATEST_BEFORE_START)
    return max(deadline, now + ANSWER_AT_THE_LAST_MOMENT)


def promotion_deadline(now: datetime, first_session_at: datetime | None) -> datetime:
    """Until when a seat offered at `now` is held.

    24 hours, moved on to the next school day between 8:00 and 20:00, never later than 12 hours before the first
    session; inside those 12 hours, and never with less time than that, two hours.
    """
    deadline = _in_school_hours(now + ANSWER_WITHIN)
    if first_session_at is not None:
        deadline = min(deadline, first_session_at - LATEST_BEFORE_START)
    return max(deadline, now + ANSWER_AT_THE_LAST_MOMENT)


def _in_school_hours(moment: datetime) -> datetime:
    local = moment.astimezone(PARIS)
    day, clock = local.date(), local.time()
    if clock > DAY_ENDS:
        day, clock = day + timedelta(days=1), DAY_BEGINS
    clock = max(clock, DAY_BEGINS)
    while not is_school_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, clock, PARIS)


@cache
def is_school_day(day: date) -> bool:
    """Monday to Friday, no public holiday, no school holiday of zone B (as far ahead as the ministry has published)."""
    if day.weekday() >= 5 or day in holidays.country_holidays("FR", years=day.year):
        return False
    try:
        return not SchoolHolidayDates().is_holiday_for_zone(day, ZONE_OF_NORMANDY)
    except UnsupportedYearException:
        return True
