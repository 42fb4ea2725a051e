"""The form a rotation is drawn from: services, groups, half-days, and the faults they hold."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal

from msgspec import Struct

from services.campaigns.offers.kinds.fields import WEEKDAYS, Fields, local
from services.campaigns.offers.kinds.rotations.group_sizes import group_names, split_seats
from services.campaigns.offers.kinds.rotations.house import (
    GROUPS_AT_MOST,
    HALF_DAYS_AT_MOST,
    NAME_AT_MOST,
    PUPILS_AT_MOST,
    SERVICES_AT_MOST,
    Group,
    HalfDay,
    InvalidRotation,
    Service,
)
from services.campaigns.offers.kinds.rotations.read import HouseService, RotationState
from services.campaigns.offers.kinds.rotations.rotation import ImpossibleRotation, Rotation, plan_rotation
from services.campaigns.offers.time_law import refuse_day
from shared.french_dates import PARIS, say_date
from shared.languages import Message, _, later, n_

DAYS = tuple(WEEKDAYS)
PARTS: tuple[tuple[Literal["matin", "soir"], Message], ...] = (("matin", later("matin")), ("soir", later("après-midi")))
DAYS_AT_MOST = 62
ROWS_AT_FIRST, ROWS_BESIDE = 4, 2
MORNING, AFTERNOON = ("09:00", "12:00"), ("13:30", "16:30")


class DrawnRotation(Struct, frozen=True):
    """What became of a form: a rotation, or the faults of its fields, or why there is none (`trouble`).

    `skipped` names the days on which nothing may be planned.
    """

    rotation: Rotation | None = None
    faults: dict[str, str] = {}
    trouble: str = ""
    skipped: tuple[str, ...] = ()


def draw_rotation(given: Mapping[str, object], *, seats: int) -> DrawnRotation:
    """The rotation of a form for an offer of so many seats."""
    fields = Fields(given)
    services = _services(fields)
    groups = _groups(fields, seats)
    half_days, skipped = _half_days(fields)
    address = fields.line("address", _("L’adresse"), 200, needed=False)
    contact = fields.line("contact", _("Le contact"), 200, needed=False)
    if fields.faults:
        return DrawnRotation(faults=fields.faults, skipped=skipped)
    try:
        rotation = plan_rotation(services, groups, half_days, address=address, contact=contact)
    except ImpossibleRotation as refusal:
        return DrawnRotation(trouble=refusal.sentence, skipped=skipped)
    except InvalidRotation as refusal:
        field = {"services": "name_1", "groups": "groups", "half_days": "first_day"}.get(refusal.field or "", "groups")
        return DrawnRotation(faults={field: refusal.sentence}, skipped=skipped)
    return DrawnRotation(rotation=rotation, skipped=skipped)


def rows_of(texts: Mapping[str, str]) -> int:
    """How many service rows to show: those that are filled, and two more."""
    filled = [number for number in range(1, SERVICES_AT_MOST + 1) if texts.get(f"name_{number}", "").strip()]
    return min(SERVICES_AT_MOST, max(ROWS_AT_FIRST, (filled[-1] if filled else 0) + ROWS_BESIDE))


def texts_of(state: RotationState, services: list[HouseService], address: str) -> dict[str, str]:
    """What stands in the form: the drawn rotation, or what is known of the house."""
    if state.rotation is not None:
        return _texts_of_rotation(state.rotation)
    texts = {
        "groups": str(max(1, min(GROUPS_AT_MOST, round(state.seats / 10)))),
        "first_day": state.first_day.isoformat(),
        "last_day": state.last_day.isoformat(),
        "address": address,
        "contact": state.contact[:200],
        **{f"{day}-{part}": "oui" for day in WEEKDAYS for part, _ in PARTS},
    }
    for number, service in enumerate(services, start=1):
        texts[f"name_{number}"] = service.address.removesuffix(f", {address}")[:NAME_AT_MOST]
        texts[f"size_{number}"] = str(min(service.pupils_at_most, PUPILS_AT_MOST))
    return {**_hours(MORNING, AFTERNOON), **texts}


def _texts_of_rotation(rotation: Rotation) -> dict[str, str]:
    moments = [
        (half_day.starts_at.astimezone(PARIS), half_day.ends_at.astimezone(PARIS)) for half_day in rotation.half_days
    ]
    hours = {_part(start): (start.strftime("%H:%M"), end.strftime("%H:%M")) for start, end in moments}
    texts = {
        **_hours(hours.get("matin", MORNING), hours.get("soir", AFTERNOON)),
        "groups": str(len(rotation.groups)),
        "sizes": ", ".join(str(group.pupils) for group in rotation.groups),
        "first_day": moments[0][0].date().isoformat(),
        "last_day": moments[-1][0].date().isoformat(),
        "address": rotation.address,
        "contact": rotation.contact,
        **{f"{DAYS[start.weekday()]}-{_part(start)}": "oui" for start, _ in moments if start.weekday() < len(DAYS)},
    }
    for number, service in enumerate(rotation.services, start=1):
        texts[f"name_{number}"] = service.name
        texts[f"size_{number}"] = str(service.pupils_at_most)
        texts[f"room_{number}"] = service.room
    return texts


def _services(fields: Fields) -> list[Service]:
    services = []
    for number in range(1, SERVICES_AT_MOST + 1):
        if not any(fields.text(f"{part}_{number}") for part in ("name", "size", "room")):
            continue
        name = fields.line(f"name_{number}", _("Le nom du service"), NAME_AT_MOST)
        size = fields.number(f"size_{number}", 1, PUPILS_AT_MOST)
        room = fields.line(f"room_{number}", _("La salle"), NAME_AT_MOST, needed=False)
        if name and size is not None:
            services.append(Service(name=name, pupils_at_most=size, room=room))
    if not services and not fields.faults:
        fields.faults["name_1"] = _("Nommez au moins un service.")
    return services


def _groups(fields: Fields, seats: int) -> list[Group]:
    count = fields.number("groups", 1, GROUPS_AT_MOST)
    if count is None:
        return []
    sizes = split_seats(max(seats, 1), count)
    if text := fields.text("sizes"):
        given = [part for part in text.replace(",", " ").replace(";", " ").split() if part]
        whole = [int(part) for part in given if part.isascii() and part.isdigit() and len(part) < 5]
        if len(whole) != len(given) or len(whole) != count or not all(1 <= size <= PUPILS_AT_MOST for size in whole):
            fields.faults["sizes"] = n_(
                "Donnez {count} nombre, un par groupe.", "Donnez {count} nombres, un par groupe.", count
            )
            return []
        sizes = whole
    if max(sizes) > PUPILS_AT_MOST:
        fields.faults["groups"] = _(
            "{most} élèves au plus par groupe : il faut davantage de groupes.", most=PUPILS_AT_MOST
        )
        return []
    return [Group(name=name, pupils=size) for name, size in zip(group_names(count), sizes, strict=True)]


def _half_days(fields: Fields) -> tuple[list[HalfDay], tuple[str, ...]]:
    """The half-days of the period that are ticked, and the days on which nothing may be planned."""
    first, last, hours = fields.day("first_day"), fields.day("last_day"), _ticked_hours(fields)
    if first is None or last is None or fields.faults:
        return [], ()
    if last < first or (last - first).days > DAYS_AT_MOST:
        fields.faults["last_day"] = _("Le dernier jour suit le premier, de {most} jours au plus.", most=DAYS_AT_MOST)
        return [], ()
    half_days: list[HalfDay] = []
    skipped: list[str] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        if refused := refuse_day(day):
            if refused[0] == "public_holiday":
                skipped.append(f"{say_date(day)}, {refused[1]}")
            continue
        half_days += _of_day(fields, day, hours)
    if not half_days:
        fields.faults["first_day"] = _("Aucune demi-journée n’est choisie entre ces deux dates.")
    if len(half_days) > HALF_DAYS_AT_MOST:
        fields.faults["last_day"] = _(
            "{most} demi-journées au plus ; il y en a {count}.", most=HALF_DAYS_AT_MOST, count=len(half_days)
        )
    return half_days, tuple(skipped)


def _ticked_hours(fields: Fields) -> dict[str, tuple[time, time]]:
    """The hours of the mornings and of the afternoons, of those that are ticked at all."""
    hours: dict[str, tuple[time, time]] = {}
    for part, name in (("matin", "morning"), ("soir", "afternoon")):
        if not any(fields.checked(f"{day}-{part}") for day in WEEKDAYS):
            continue
        start, end = fields.hour(f"{name}_start"), fields.hour(f"{name}_end")
        if start and end and end <= start:
            fields.faults[f"{name}_end"] = _("La fin doit venir après le début.")
        elif start and end:
            hours[part] = (start, end)
    return hours


def _of_day(fields: Fields, day: date, hours: Mapping[str, tuple[time, time]]) -> list[HalfDay]:
    name = DAYS[day.weekday()]
    return [
        HalfDay(starts_at=local(day, start), ends_at=local(day, end))
        for part, (start, end) in hours.items()
        if fields.checked(f"{name}-{part}")
    ]


def _part(moment: datetime) -> str:
    return "matin" if moment.hour < 12 else "soir"


def _hours(morning: tuple[str, str], afternoon: tuple[str, str]) -> dict[str, str]:
    return {
        "morning_start": morning[0],
        "morning_end": morning[1],
        "afternoon_start": afternoon[0],
        "afternoon_end": afternoon[1],
    }
