"""Dates and times as people say them: « mardi 15 juin, 9 h–12 h », in the language spoken."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates

from shared.languages import language

PARIS = ZoneInfo("Europe/Paris")
_LOCALES = {"fr": "fr", "en": "en_GB"}


def format_day(day: date, form: str) -> str:
    """A day in the form of a CLDR pattern, in the language spoken."""
    return format_date(day, form, _LOCALES[language()])


@lru_cache(maxsize=4096)
def format_date(day: date, form: str, locale: str = "fr") -> str:
    """A day in the words of a locale; remembered, since pages say the same few hundred days again and again."""
    return dates.format_date(day, form, locale=locale)


def say_date(day: date | datetime, *, year: bool = False) -> str:
    """« mardi 15 juin », with the year on request; the first of a month is « 1er »."""
    if isinstance(day, datetime):
        day = day.astimezone(PARIS).date()
    said = format_day(day, "EEEE d MMMM y" if year else "EEEE d MMMM")
    return said.replace(" 1 ", " 1er ") if day.day == 1 and language() == "fr" else said


def say_time(moment: datetime) -> str:
    """« 9 h », « 13 h 30 », in Europe/Paris; in English "9:00", "13:30"."""
    local = moment.astimezone(PARIS)
    if language() == "en":
        return f"{local.hour}:{local.minute:02d}"
    return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"


def say_times(starts_at: datetime, ends_at: datetime) -> str:
    """« 9 h–12 h »."""
    return f"{say_time(starts_at)}–{say_time(ends_at)}"


def say_moment(moment: datetime) -> str:
    """« mardi 15 juin à 12 h »."""
    at = "at" if language() == "en" else "à"
    return f"{say_date(moment)} {at} {say_time(moment)}"


def say_period(first: date, last: date) -> str:
    """« du lundi 14 au vendredi 18 juin 2027 », « le mardi 15 juin 2027 »."""
    english = language() == "en"
    if first == last:
        return f"{'on' if english else 'le'} {say_date(first, year=True)}"
    start = format_day(first, "EEEE d" if first.month == last.month else "EEEE d MMMM")
    if english:
        return f"from {start} to {say_date(last, year=True)}"
    if first.day == 1:
        start = start.replace(" 1", " 1er", 1)
    return f"du {start} au {say_date(last, year=True)}"
