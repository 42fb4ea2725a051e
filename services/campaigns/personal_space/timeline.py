"""The timeline: a pupil's own days cut into today, to come and past; where to be next; what to bring."""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.look.words import local_day
from shared.programme import Programme, ProgrammeDay, ProgrammeSession


class Timeline(Struct, frozen=True, kw_only=True):
    """The days as this pupil will live them; `first` is the first of all."""

    today: tuple[ProgrammeDay, ...]
    to_come: tuple[ProgrammeDay, ...]
    past: tuple[ProgrammeDay, ...]

    @property
    def days(self) -> tuple[ProgrammeDay, ...]:
        """All, in their order."""
        return (*self.past, *self.today, *self.to_come)


class Luggage(Struct, frozen=True):
    """Something to bring, and on which days."""

    what: str
    days: tuple[Date, ...]


def own_days(programme: Programme, group_id: UUID | None) -> tuple[ProgrammeDay, ...]:
    """The days as this pupil will live them; all groups' sessions while no group is known."""
    return programme.of_group(group_id)


def timeline_of(days: Sequence[ProgrammeDay], now: datetime) -> Timeline:
    """Cut at the day it is in Europe/Paris."""
    today = local_day(now)
    return Timeline(
        today=tuple(day for day in days if day.date == today),
        to_come=tuple(day for day in days if day.date > today),
        past=tuple(day for day in days if day.date < today),
    )


def next_session(days: Sequence[ProgrammeDay], now: datetime) -> ProgrammeSession | None:
    """The session under way, or the first still to come: where to be."""
    sessions = (session for day in days for session in day.sessions)
    return min((s for s in sessions if s.ends_at > now), key=lambda s: s.starts_at, default=None)


def luggage_of(days: Sequence[ProgrammeDay], now: datetime) -> tuple[Luggage, ...]:
    """What to bring to what is still to come, each thing once, in the order of the days."""
    found: dict[str, list[Date]] = {}
    for day in days:
        for session in day.sessions:
            if session.bring and session.ends_at > now:
                dates = found.setdefault(session.bring, [])
                if day.date not in dates:
                    dates.append(day.date)
    return tuple(Luggage(what, tuple(dates)) for what, dates in found.items())
