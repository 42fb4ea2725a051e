"""Reminders: what is told ahead of the first day to who has a seat, and when."""

from datetime import datetime, time, timedelta
from uuid import UUID

from msgspec import Struct

from services.notifications.message import Message
from shared.french_dates import PARIS
from shared.programme import Programme, ProgrammeSession


class Reminder(Struct, frozen=True, kw_only=True):
    """One message, so many days before the day of the first session, at a time of day in Paris."""

    message: Message
    days_before: int
    at: time
    priority: int


REMINDERS = (
    Reminder(message="reminder_week", days_before=7, at=time(9), priority=4),
    Reminder(message="reminder_eve", days_before=1, at=time(17), priority=3),
)
REMINDING: frozenset[Message] = frozenset(reminder.message for reminder in REMINDERS)
# who has lost the seat, or has answered, is reminded of nothing
NEEDS_STATUS: dict[Message, str] = {**dict.fromkeys(REMINDING, "confirmed"), "seat_reminded": "held"}


class Due(Struct, frozen=True):
    """When a reminder goes, and from when on it would be too late: when the next one goes, or when it begins."""

    reminder: Reminder
    due_at: datetime
    useless_from: datetime


def due_reminders(programme: Programme, group_id: UUID | None) -> tuple[Due, ...]:
    """The reminders before the first planned session of one group; none where nothing is left."""
    first = first_session(programme, group_id)
    if first is None:
        return ()
    moments = [_before(first.starts_at, reminder) for reminder in REMINDERS]
    ends = [*moments[1:], first.starts_at]
    return tuple(
        Due(reminder, due_at, useless_from)
        for reminder, due_at, useless_from in zip(REMINDERS, moments, ends, strict=True)
    )


def first_session(programme: Programme, group_id: UUID | None) -> ProgrammeSession | None:
    """The session that one group begins with."""
    sessions = (session for day in programme.of_group(group_id) for session in day.sessions)
    return min(sessions, key=lambda session: session.starts_at, default=None)


def _before(starts_at: datetime, reminder: Reminder) -> datetime:
    """A time of day in Paris, whichever side of a change of clocks it lies on."""
    day = starts_at.astimezone(PARIS).date() - timedelta(days=reminder.days_before)
    return datetime.combine(day, reminder.at, PARIS)
