"""Reference data that a reading asks: the internship periods, the school holidays of the zone, where a town lies."""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path

import vacances_scolaires_france

from services.campaigns.imports.words_of_files import plain
from shared.languages import Glossary, later

FOLDER = Path(__file__).parents[3] / "data"
# the académie de Normandie is in zone B
ZONE = "B"
# as the calendar names them, and as they are said
_NAMES = Glossary(
    {
        "Vacances de la Toussaint": later("Vacances de la Toussaint"),
        "Vacances de Noël": later("Vacances de Noël"),
        "Vacances d'hiver": later("Vacances d’hiver"),
        "Vacances de printemps": later("Vacances de printemps"),
        "Pont de l'Ascension": later("Pont de l’Ascension"),
        "Vacances d'été": later("Vacances d’été"),
    }
)


def internship_period(year: int) -> tuple[date, date] | None:
    """First and last day of the séquence d'observation of a year, None where the ministry's decision is not known."""
    return _periods().get(year)


def school_holiday(day: date) -> str | None:
    """The name of the school holidays a day falls in, in the language spoken; None outside them or where the calendar
    is not known.
    """
    name = _school_holidays(day.year).get(day)
    return _NAMES.get(name, name) if name else None


def position_of(address: str) -> tuple[float, float] | None:
    """Latitude and longitude of the town an address ends in (« …, 27500 Pont-Audemer »): right for the town only."""
    match = re.search(r"\b([0-9]{5})\s+([^,0-9]+?)(?:\s+cedex.*)?\s*$", address, re.IGNORECASE)
    return _towns().get((match[1], plain(match[2]))) if match else None


@cache
def _periods() -> dict[int, tuple[date, date]]:
    with (FOLDER / "periods.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])) for row in csv.DictReader(file)
        ]
    return {first.year: (first, last) for first, last in rows}


@cache
def _school_holidays(year: int) -> dict[date, str]:
    calendar = vacances_scolaires_france.SchoolHolidayDates()
    try:
        days = calendar.holidays_for_year_and_zone(year, ZONE)
    except vacances_scolaires_france.UnsupportedYearException:
        return {}
    return {day: str(said["nom_vacances"]) for day, said in days.items()}


@cache
def _towns() -> dict[tuple[str, str], tuple[float, float]]:
    with (FOLDER / "communes-normandie.csv").open(encoding="utf-8", newline="") as file:
        return {
            (postcode, plain(row["name"])): (float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
            for postcode in row["postcodes"].split()
        }
