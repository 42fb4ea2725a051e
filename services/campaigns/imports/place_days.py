"""The days of an offer after a change of programme: which day moves, which is new, which instance each stands for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from shared.identifiers import new_id


class Day(Struct, frozen=True):
    """A day and the date of the series' instance that it stands for (RECURRENCE-ID)."""

    id: UUID
    date: Date
    instance_on: Date


def place_days(stored: Sequence[Day], dates: Iterable[Date], moves: Mapping[tuple[Date, Date], int]) -> dict[Date, Day]:
    """The day of each of `dates`. `moves`: how many recognised sessions go from one date to another.

    A stored day that is left without a session moves to the new date that most of its sessions go to, and keeps its
    instance (RFC 5545: a RECURRENCE-ID never changes); an emptied day that none replaces stays as it is, without
    sessions. A date that takes over no day is a new day: it stands for its own date where the series has no instance
    there and has begun by then, else for the day after the series' last instance.
    """
    wanted = sorted(set(dates))
    placed = {day.date: day for day in stored if day.date in wanted}
    emptied = {day.date: day for day in stored if day.date not in wanted}
    instances = {day.instance_on for day in stored}
    for date in wanted:
        if date in placed:
            continue
        came_from = Counter({old: moves.get((old, date), 0) for old in sorted(emptied)}).most_common(1)
        if came_from and came_from[0][1]:
            day = emptied.pop(came_from[0][0])
            placed[date] = Day(day.id, date, day.instance_on)
        else:
            placed[date] = Day(new_id(), date, _instance(date, instances))
            instances.add(placed[date].instance_on)
    return placed


def _instance(date: Date, instances: set[Date]) -> Date:
    if not instances:
        return date
    begun = min(instances) <= date <= max(instances) + timedelta(days=366)
    return date if begun and date not in instances else max(instances) + timedelta(days=1)
