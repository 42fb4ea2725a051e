"""The time law of observation weeks: what one pupil may be asked in a day and in a week.

Source: the *convention type* of the séquence d'observation, Code du travail L. 4153-1, Code de l'éducation L. 124-1,
L. 332-3 and D. 331-1 to D. 331-9. No I/O and no knowledge of files or tables: the import and the week builder both
ask here.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Literal

import holidays
from msgspec import Struct

from shared.french_dates import format_day
from shared.languages import Language, _, language, later

Rule = Literal[
    "weekend", "public_holiday", "too_early", "too_late", "day_too_long", "break_missing", "rest_too_short",
    "week_too_long", "week_long_under_15",
]  # fmt: skip

HOURS_A_DAY = timedelta(hours=7)
HOURS_A_WEEK = timedelta(hours=35)
HOURS_A_WEEK_UNDER_15 = timedelta(hours=30)
BREAK_FROM = timedelta(hours=4, minutes=30)
BREAK = timedelta(minutes=30)
DAILY_REST = timedelta(hours=14)
EARLIEST, LATEST = time(6), time(20)

CONVENTION = later("(convention type ; Code de l’éducation, art. D. 331-1 à D. 331-9)")
LABOUR = later("(convention type ; Code du travail, art. L. 4153-1)")


class Presence(Struct, frozen=True, kw_only=True):
    """One session that one pupil attends. Times are local to Europe/Paris and on one day.

    `mark` is the caller's own name for it (a row, an index); a meal is not presence but counts as a break.
    """

    mark: int
    starts_at: datetime
    ends_at: datetime
    meal: bool = False


class Breach(Struct, frozen=True):
    """A rule that is not kept, at the presence `mark` where it stops being kept; `warning`: allowed, but not to all."""

    rule: Rule
    mark: int
    sentence: str
    warning: bool = False


def find_breaches(presences: Sequence[Presence]) -> list[Breach]:
    """Every breach in what one pupil attends, in order of time. All the presences of one pupil, any order."""
    in_order = sorted(presences, key=lambda presence: (presence.starts_at, presence.ends_at, presence.mark))
    days: dict[date, list[Presence]] = defaultdict(list)
    for presence in in_order:
        days[presence.starts_at.date()].append(presence)
    breaches = [breach for day in days.values() for breach in _breaches_of_day(day)]
    return breaches + _short_rests(list(days.values())) + _long_weeks(days)


def refuse_day(day: date) -> tuple[Rule, str] | None:
    """Why nothing may be planned on a day: a weekend, or a public holiday of metropolitan France."""
    if day.weekday() >= 5:
        return (
            "weekend",
            _(
                "ce jour est un {weekday} : deux jours de repos de suite sont dus {law}.",
                weekday=format_day(day, "EEEE"),
                law=CONVENTION,
            ),
        )
    name = public_holiday(day)
    return ("public_holiday", _("ce jour est férié ({name}).", name=name)) if name else None


def public_holiday(day: date) -> str | None:
    """The name of the public holiday of metropolitan France that a day is, in the language spoken; or None."""
    return _public_holidays(day.year, language()).get(day)


def hours_of(presences: Sequence[Presence]) -> timedelta:
    """The time spent in sessions, meals left out, two at once counted once. In order of start."""
    total, until = timedelta(), None
    for presence in presences:
        if presence.meal:
            continue
        start = presence.starts_at if until is None else max(presence.starts_at, until)
        total += max(presence.ends_at - start, timedelta())
        until = presence.ends_at if until is None else max(until, presence.ends_at)
    return total


def say_duration(duration: timedelta) -> str:
    """« 7 h 30 », « 45 min »; in English "7 h 30 min"."""
    hours, minutes = divmod(round(duration / timedelta(minutes=1)), 60)
    if not hours:
        return f"{minutes} min"
    if language() == "en" and minutes:
        return f"{hours} h {minutes} min"
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


@cache
def _public_holidays(year: int, spoken: Language) -> dict[date, str]:
    named = holidays.country_holidays("FR", years=year, language={"fr": "fr", "en": "en_US"}[spoken])
    return {day: name.replace("Labor", "Labour") for day, name in named.items()}


def _breaches_of_day(day: list[Presence]) -> list[Breach]:
    breaches: list[Breach] = []
    for presence in day:
        if presence.starts_at.time() < EARLIEST:
            sentence = _("rien avant 6 h pour les moins de 16 ans {law}.", law=LABOUR)
            breaches.append(Breach("too_early", presence.mark, sentence))
        if presence.ends_at.time() > LATEST:
            sentence = _("rien après 20 h pour les moins de 16 ans {law}.", law=LABOUR)
            breaches.append(Breach("too_late", presence.mark, sentence))
    hours = hours_of(day)
    if hours > HOURS_A_DAY:
        crossing = next(p for index, p in enumerate(day, 1) if hours_of(day[:index]) > HOURS_A_DAY)
        sentence = _("{hours} dans la journée : 7 h au plus {law}.", hours=say_duration(hours), law=CONVENTION)
        breaches.append(Breach("day_too_long", crossing.mark, sentence))
    return breaches + _missing_breaks(day)


def _missing_breaks(day: list[Presence]) -> list[Breach]:
    """A stretch without 30 minutes' break may not reach 4 h 30; it is told once, where it does."""
    breaches: list[Breach] = []
    began: datetime | None = None
    until: datetime | None = None
    told = False
    for presence in (p for p in day if not p.meal):
        if began is None or until is None or presence.starts_at - until >= BREAK:
            began, until, told = presence.starts_at, presence.ends_at, False
        until = max(until, presence.ends_at)
        if until - began >= BREAK_FROM and not told:
            told = True
            sentence = _(
                "{hours} de suite : 30 min de pause sont dues dès 4 h 30 {law}.",
                hours=say_duration(until - began),
                law=CONVENTION,
            )
            breaches.append(Breach("break_missing", presence.mark, sentence))
    return breaches


def _short_rests(days: list[list[Presence]]) -> list[Breach]:
    breaches = []
    for before, after in pairwise(days):
        rest = after[0].starts_at - max(presence.ends_at for presence in before)
        if rest < DAILY_REST:
            sentence = _(
                "{hours} de repos depuis la veille : 14 h de suite sont dues {law}.",
                hours=say_duration(rest),
                law=CONVENTION,
            )
            breaches.append(Breach("rest_too_short", after[0].mark, sentence))
    return breaches


def _long_weeks(days: dict[date, list[Presence]]) -> list[Breach]:
    weeks: dict[tuple[int, int], list[Presence]] = defaultdict(list)
    for day, presences in days.items():
        iso = day.isocalendar()
        weeks[iso.year, iso.week] += presences
    breaches = []
    for presences in weeks.values():
        hours = hours_of(presences)
        limit = HOURS_A_WEEK if hours > HOURS_A_WEEK else HOURS_A_WEEK_UNDER_15
        if hours <= limit:
            continue
        crossing = next(p for index, p in enumerate(presences, 1) if hours_of(presences[:index]) > limit)
        said = say_duration(hours)
        if limit == HOURS_A_WEEK:
            sentence = _("{hours} dans la semaine : 35 h au plus {law}.", hours=said, law=CONVENTION)
            breaches.append(Breach("week_too_long", crossing.mark, sentence))
        else:
            sentence = _(
                "{hours} dans la semaine : 30 h au plus pour un élève de moins de 15 ans {law}.",
                hours=said,
                law=CONVENTION,
            )
            breaches.append(Breach("week_long_under_15", crossing.mark, sentence, warning=True))
    return breaches
