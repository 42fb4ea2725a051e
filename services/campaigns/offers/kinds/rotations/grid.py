"""The grid of a rotation as a page draws it: a row per group, a cell per stay, the half-days above."""

from datetime import date

from msgspec import Struct

from services.campaigns.look.words import group_name
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from shared.french_dates import PARIS, say_times
from shared.languages import _

# the colours of the services, beside their names; those of the sectors are at hand and told apart on both themes
COLOURS = (
    "energy", "transport", "health", "nature", "digital", "construction", "commerce", "culture", "public_service",
    "industry",
)  # fmt: skip


class Stay(Struct, frozen=True, kw_only=True):
    """One group at one service for half-days in a row; `service` is empty where the group is free."""

    first: int
    length: int
    service: str
    room: str
    when: str
    together: str
    crowded: bool
    colour: str


class GridRow(Struct, frozen=True, kw_only=True):
    """A group and its stays, in order."""

    name: str
    pupils: int
    stays: tuple[Stay, ...]


class GridDay(Struct, frozen=True, kw_only=True):
    """A date and its half-days: (« matin », « 9 h–12 h »)."""

    date: date
    parts: tuple[tuple[str, str], ...]


class Grid(Struct, frozen=True, kw_only=True):
    """What the page shows; `cells` are (value, words) of each cell, for the form that swaps two."""

    days: tuple[GridDay, ...]
    rows: tuple[GridRow, ...]
    cells: tuple[tuple[str, str], ...]


def grid_of(rotation: Rotation) -> Grid:
    """The grid of a rotation."""
    days: dict[date, list[tuple[str, str]]] = {}
    for half_day in rotation.half_days:
        start = half_day.starts_at.astimezone(PARIS)
        part = _("matin") if start.hour < 12 else _("après-midi")
        days.setdefault(start.date(), []).append((part, say_times(half_day.starts_at, half_day.ends_at)))
    return Grid(
        days=tuple(GridDay(date=day, parts=tuple(parts)) for day, parts in days.items()),
        rows=tuple(
            GridRow(name=group.name, pupils=group.pupils, stays=_stays(rotation, number))
            for number, group in enumerate(rotation.groups)
        ),
        cells=tuple(
            (
                f"{number}.{turn}",
                _(
                    "{group}, {when} : {service}",
                    group=group_name(group.name),
                    when=half_day.say(),
                    service=_service(rotation, number, turn),
                ),
            )
            for number, group in enumerate(rotation.groups)
            for turn, half_day in enumerate(rotation.half_days)
        ),
    )


def _stays(rotation: Rotation, group: int) -> tuple[Stay, ...]:
    stays: list[Stay] = []
    turn = 0
    while turn < len(rotation.half_days):
        turns = rotation.stay(group, turn)
        index = rotation.cells[group][turn]
        first, last = rotation.half_days[turns.start].say(), rotation.half_days[turns.stop - 1].say()
        stays.append(
            Stay(
                first=turns.start,
                length=len(turns),
                service="" if index is None else rotation.services[index].name,
                room="" if index is None else rotation.services[index].room,
                when=first if len(turns) == 1 else f"{first} – {last}",
                together=_(" et ").join(
                    dict.fromkeys(name for each in turns for name in rotation.together(group, each))
                ),
                crowded=any((index, each) in rotation.crowded for each in turns if index is not None),
                colour="none" if index is None else COLOURS[index % len(COLOURS)],
            )
        )
        turn = turns.stop
    return tuple(stays)


def _service(rotation: Rotation, group: int, turn: int) -> str:
    index = rotation.cells[group][turn]
    return _("libre") if index is None else rotation.services[index].name
