"""A held seat: what it waits for, and until when."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from msgspec import Struct
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

from services.campaigns.offers.registration import HeldFor

PARIS = ZoneInfo("Europe/Paris")
ZONE_OF_NORMANDY = "B"

ANSWER_WITHIN = timedelta(hours=24)
CONSENT_WITHIN = timedelta(hours=72)
LATEST_BEFORE_START = timedelta(hours=12)
ANSWER_AT_THE_LAST_MOMENT = timedelta(hours=2)
DAY_BEGINS, DAY_ENDS = time(8), time(20)


class Hold(Struct, frozen=True):
    """What a seat is held for, and until when."""

    held_for: HeldFor
    deadline: datetime


def remind_at(now: datetime, deadline: datetime) -> datetime:
    """When a guardian asked at `now` is reminded, once: half-way to the deadline, not at night where there is time."""
    return _by_day(now + (deadline - now) / 2, deadline)


def remind_of_seat_at(now: datetime, deadline: datetime) -> datetime:
    """When who is offered a seat at `now` is reminded, once: a third of the time is left, and as a guardian not at
    night.
    """
    return _by_day(now + (deadline - now) * 2 / 3, deadline)


def _by_day(moment: datetime, deadline: datetime) -> datetime:
    """This moment, or the morning after it where there is still time to answer then."""
    local = moment.astimezone(PARIS)
    if DAY_BEGINS <= local.time() <= DAY_ENDS:
        return moment
    day = local.date() + timedelta(days=local.time() > DAY_ENDS)
    morning = datetime.combine(day, DAY_BEGINS, PARIS).astimezone(UTC)
    return morning if morning < deadline - ANSWER_AT_THE_LAST_MOMENT else moment


def address_deadline(now: datetime, first_session_at: datetime | None) -> datetime:
    """Until when a seat is held for who has to prove an address: 24 hours, less where the offer begins before that."""
    return _bounded(now + ANSWER_WITHIN, now, first_session_at)


def consent_deadline(now: datetime, first_session_at: datetime | None) -> datetime:
    """Until when a seat is held for a guardian asked for consent at `now`.

    72 hours, since a guardian reads mail less often than a pupil waits for it, and else as a promotion: on to a school
    day between 8:00 and 20:00, never later than 12 hours before the first session, never less than two hours.
    """
    return _bounded(_in_school_hours(now + CONSENT_WITHIN), now, first_session_at)


def promotion_deadline(now: datetime, first_session_at: datetime | None) -> datetime:
    """Until when a seat offered at `now` is held.

    24 hours, moved on to the next school day between 8:00 and 20:00, never later than 12 hours before the first
    session; inside those 12 hours, and never with less time than that, two hours.
    """
    return _bounded(_in_school_hours(now + ANSWER_WITHIN), now, first_session_at)


def _bounded(deadline: datetime, now: datetime, first_session_at: datetime | None) -> datetime:
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
    # as the database gives it back: the same moment is the same text
    return datetime.combine(day, clock, PARIS).astimezone(UTC)


@cache
def is_school_day(day: date) -> bool:
    """Monday to Friday, no public holiday, no school holiday of zone B (as far ahead as the ministry has published)."""
    if day.weekday() >= 5 or day in holidays.country_holidays("FR", years=day.year):
        return False
    try:
        return not _school_holidays().is_holiday_for_zone(day, ZONE_OF_NORMANDY)
    except UnsupportedYearException:
        return True


@cache
def _school_holidays() -> SchoolHolidayDates:
    """Read once: it is a file of fourteen thousand lines."""
    return SchoolHolidayDates()
