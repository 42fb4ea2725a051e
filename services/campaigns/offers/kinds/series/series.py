"""A series: one workshop or morning repeated on days, at hours and in places, each slot an offer of its own."""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.look.words import capitalize_first
from services.campaigns.offers.kinds.fields import is_plain, local
from services.campaigns.offers.time_law import EARLIEST, LATEST, refuse_day
from shared.french_dates import PARIS, say_date, say_time, say_times
from shared.languages import Glossary, _, later, speaking
from shared.refusal import Refusal

SLOTS_AT_MOST, HOURS_AT_MOST, PLACES_AT_MOST, DAYS_AT_MOST, DAYS_OF_A_WEEK = 60, 6, 8, 62, 7
TITLE_AT_MOST = 120
# whom an information morning is made of
SPEAKERS_A_MORNING = 3
SERIES_NAMES = Glossary({"workshop": later("Ateliers"), "information_morning": later("Matinées d’information")})

SeriesKind = Literal["workshop", "information_morning"]
Audience = Literal["pupils", "schools"]


class UnknownSeries(Refusal):
    """No series has this id among those the planner may see."""

    reason: ClassVar[str] = "unknown-series"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette série n’existe pas."))


class InvalidSeries(Refusal):
    """A field of the series cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class Hours(Struct, frozen=True, kw_only=True):
    """From when to when on each day (« 14:00:00 »); local to Europe/Paris."""

    starts: time
    ends: time


class Place(Struct, frozen=True, kw_only=True):
    """Where a slot is held; a room is in one use at a time."""

    city: Annotated[str, Meta(max_length=100)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""
    room: Annotated[str, Meta(max_length=100)] = ""


class Series(Struct, frozen=True, kw_only=True):
    """What a series is made from. Weekdays count from 0 for Monday; `online_url` stands for a place.

    `required`: whoever has a seat in a week of the campaign is to have one in one of the slots.
    """

    kind: SeriesKind
    campaign_id: UUID
    title: Annotated[str, Meta(max_length=TITLE_AT_MOST)]
    summary: Annotated[str, Meta(max_length=2000)] = ""
    contact: Annotated[str, Meta(max_length=300)] = ""
    seats: Annotated[int, Meta(ge=1, le=10_000)]
    first_day: Date
    last_day: Date
    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...]
    hours: tuple[Hours, ...]
    places: tuple[Place, ...]
    sector: str | None = None
    audience: Audience = "pupils"
    required: bool = False
    online_url: Annotated[str, Meta(max_length=500)] = ""


class Slot(Struct, frozen=True, kw_only=True):
    """One slot to be: its own title says when and where."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: Place

    def say(self) -> str:
        """« mardi 15 juin, 9 h–12 h, Caen, Auditorium »."""
        where = [part for part in (self.place.city, self.place.room) if part]
        return ", ".join([say_date(self.starts_at), say_times(self.starts_at, self.ends_at), *where])


def lay_out(series: Series) -> tuple[list[Slot], list[str]]:
    """The slots in order of time, and the days passed over, named; raises `InvalidSeries`."""
    _check(series)
    slots: list[Slot] = []
    skipped: list[str] = []
    for day in _days(series):
        if refused := refuse_day(day):
            if refused[0] == "public_holiday":
                skipped.append(f"{say_date(day)}, {refused[1]}")
            continue
        for hours in sorted(series.hours, key=lambda hours: hours.starts):
            slots += [_slot(series, day, hours, place) for place in series.places or (Place(),)]
    if not slots:
        raise InvalidSeries(later("Aucune date ne convient entre ces deux jours."), field="first_day")
    if len(slots) > SLOTS_AT_MOST:
        raise InvalidSeries(
            later(
                "Cela fait {count} créneaux ; une série en compte {most} au plus.", count=len(slots), most=SLOTS_AT_MOST
            ),
            field="last_day",
        )
    return slots, skipped


def title_of_series(titles: Sequence[str], kind: str) -> str:
    """What the titles of the slots have in common, where that says something; else the kind's name."""
    shared: list[str] = []
    for parts in zip(*(title.split(", ") for title in titles), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ", ".join(shared) or SERIES_NAMES.get(kind, _("Série"))


def _check(series: Series) -> None:
    if not series.weekdays:
        raise InvalidSeries(later("Choisissez au moins un jour."), field="weekdays")
    if len(series.weekdays) > DAYS_OF_A_WEEK:
        raise InvalidSeries(later("{most} jours au plus.", most=DAYS_OF_A_WEEK), field="weekdays")
    if not series.hours:
        raise InvalidSeries(later("Choisissez au moins un horaire."), field="hours")
    if len(series.hours) > HOURS_AT_MOST:
        raise InvalidSeries(later("{most} horaires au plus.", most=HOURS_AT_MOST), field="hours")
    if not 0 <= (series.last_day - series.first_day).days <= DAYS_AT_MOST:
        raise InvalidSeries(
            later("Le dernier jour suit le premier, de {most} jours au plus.", most=DAYS_AT_MOST), field="last_day"
        )
    _check_hours(series.hours)
    _check_places(series)


def _check_places(series: Series) -> None:
    if not series.places and not series.online_url:
        raise InvalidSeries(later("Donnez au moins un lieu, ou un lien."), field="places")
    if len(series.places) > PLACES_AT_MOST:
        raise InvalidSeries(later("{most} lieux au plus.", most=PLACES_AT_MOST), field="places")
    if len(set(series.places)) < len(series.places):
        raise InvalidSeries(later("Le même lieu est donné deux fois."), field="places")
    if not is_plain(series.title, series.contact, *(t for place in series.places for t in (place.address, place.room))):
        raise InvalidSeries(
            later("Un titre ou un lieu contient un retour à la ligne ou un signe de calcul."), field="title"
        )
    if not series.online_url.isprintable():
        raise InvalidSeries(later("Le lien contient un caractère invisible."), field="online_url")
    if series.online_url and not series.online_url.startswith(("https://", "http://")):
        raise InvalidSeries(later("Le lien commence par https://."), field="online_url")


def _check_hours(hours: Sequence[Hours]) -> None:
    in_order = sorted(hours, key=lambda each: each.starts)
    for number, each in enumerate(in_order):
        if each.ends <= each.starts:
            raise InvalidSeries(later("La fin doit venir après le début."), field="hours")
        if each.starts < EARLIEST or each.ends > LATEST:
            raise InvalidSeries(later("Rien avant 6 h ni après 20 h."), field="hours")
        if number and each.starts < in_order[number - 1].ends:
            raise InvalidSeries(later("Deux horaires se chevauchent."), field="hours")


def _days(series: Series) -> list[Date]:
    days = (
        series.first_day + timedelta(days=number) for number in range((series.last_day - series.first_day).days + 1)
    )
    return [day for day in days if day.weekday() in series.weekdays]


def _slot(series: Series, day: Date, hours: Hours, place: Place) -> Slot:
    starts_at = local(day, hours.starts)
    # the title of an offer is kept, and is French whoever makes it
    with speaking("fr"):
        parts = [f"{series.title}, {say_date(day)}" + (f" à {place.city}" if place.city else "")]
        if len(series.hours) > 1:
            parts.append(say_time(starts_at))
    if place.room and sum(other.city == place.city for other in series.places) > 1:
        parts.append(place.room)
    return Slot(title=", ".join(parts), starts_at=starts_at, ends_at=local(day, hours.ends), place=place)


def say_clash(slot: Slot, title: str) -> str:
    """« Mardi 15 juin, 9 h–12 h, Caen, Auditorium : la salle est déjà prise par « … ». »"""
    return _("{slot} : la salle est déjà prise par « {title} ».", slot=capitalize_first(slot.say()), title=title)


def local_date(moment: datetime) -> Date:
    """The day of a moment, in Europe/Paris."""
    return moment.astimezone(PARIS).date()
