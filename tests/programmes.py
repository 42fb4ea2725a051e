"""Programmes for calendar tests, made without a database: days and sessions by wall clock in Paris."""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from shared.programme import Programme, ProgrammeDay, ProgrammeSession

PARIS = ZoneInfo("Europe/Paris")
CHANGED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAMESPACE = UUID(int=7)


def a_session(day: date, start: int, end: int, **changes) -> ProgrammeSession:
    """A session from one full hour to another; equal arguments are the same session."""
    given = {
        "id": uuid5(NAMESPACE, f"{day} {start} {end} {changes.get('group_id')}"),
        "starts_at": datetime.combine(day, time(start), PARIS),
        "ends_at": datetime.combine(day, time(end), PARIS),
        "title": "Visite du chantier",
        "kind": "visit",
        "host": "Chantiers de la Risle",
        "place": "1 rue du Quai, 27500 Pont-Audemer",
        "changed_at": CHANGED,
    }
    return ProgrammeSession(**{**given, **changes})


def a_day(day: date, *sessions: ProgrammeSession, instance_on: date | None = None, **changes) -> ProgrammeDay:
    """A day of these sessions, or of one in the morning and one in the afternoon."""
    given = {
        "id": uuid5(NAMESPACE, str(instance_on or day)),
        "date": day,
        "instance_on": instance_on or day,
        "sector_label": "Énergie",
        "sessions": sessions or (a_session(day, 9, 12), a_session(day, 13, 16)),
    }
    return ProgrammeDay(**{**given, **changes})


def a_programme(*days: ProgrammeDay, first: date, **changes) -> Programme:
    """A programme of these days, whose series was fixed at publication to begin on `first`, 9 to 16 h."""
    given = {
        "offer_id": UUID(int=1),
        "version": 1,
        "slug": "semaine",
        "kind": "collective_week",
        "title": "Semaine à Pont-Audemer",
        "city": "Pont-Audemer",
        "organisation_id": UUID(int=2),
        "organisation": "Fédération des métiers",
        "series_starts_at": datetime.combine(first, time(9), PARIS),
        "series_ends_at": datetime.combine(first, time(16), PARIS),
        "days": tuple(sorted(days, key=lambda day: day.date)),
    }
    return Programme(**{**given, **changes})


def truth(programme: Programme, group_id: UUID | None = None) -> list[tuple[datetime, datetime]]:
    """Start and end, in UTC, of each day as one of a group lives it."""
    return sorted(
        (
            min(session.starts_at for session in day.sessions).astimezone(UTC),
            max(session.ends_at for session in day.sessions).astimezone(UTC),
        )
        for day in programme.of_group(group_id)
    )
