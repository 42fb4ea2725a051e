"""Quiet hours: news that nobody asked for and nobody needs before tomorrow waits for the morning, in Paris."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from shared.events import AnyEvent, Event, OfferCancelled, OfferChanged, RegistrationEvent, SessionChanged, SessionEvent
from shared.french_dates import PARIS
from shared.programme import Programme
from shared.webinars import WebinarNotice

# what is so near is told at once, at any hour
SOON = timedelta(hours=24)


def morning_to_wait_for(
    due_at: datetime, *, quiet: tuple[int, int] | None, starts: Iterable[datetime], now: datetime
) -> datetime | None:
    """When a message that is due in quiet hours may go; None by day, and for what begins within 24 hours.

    `quiet`: the hours of the wall clock between which nobody is written to, (20, 7). `starts`: when what it tells of
    begins, or began before the change.
    """
    if quiet is None or is_near(due_at, starts, now=now):
        return None
    evening, morning = quiet
    local = due_at.astimezone(PARIS)
    day: date = local.date()
    by_night = evening <= local.hour or local.hour < morning if morning < evening else evening <= local.hour < morning
    if not by_night:
        return None
    if local.hour >= morning:
        day += timedelta(days=1)
    return datetime.combine(day, time(morning), PARIS)


def is_near(due_at: datetime, starts: Iterable[datetime], *, now: datetime) -> bool:
    """Whether what a message that is due then tells of begins, or was to begin, within 24 hours of it."""
    return any(now <= start <= due_at + SOON for start in starts)


def starts_of(event: AnyEvent | Event, programme: Programme | None) -> list[datetime]:
    """When what a fact changes begins: its session, as it is and as it was, or any of the programme; or its slot."""
    if appointment := getattr(event, "appointment", None):
        return [appointment.starts_at]
    if isinstance(event, WebinarNotice):
        return [event.starts_at]
    sessions = [session for day in programme.days for session in day.sessions] if programme else []
    if isinstance(event, SessionEvent):
        starts = [session.starts_at for session in sessions if session.id == event.session_id]
        if isinstance(event, SessionChanged):
            starts += [
                datetime.fromisoformat(each.before)
                for each in event.changes
                if each.field == "starts_at" and each.before
            ]
        return starts
    if isinstance(event, OfferChanged | OfferCancelled | RegistrationEvent):
        return [session.starts_at for session in sessions if session.status == "planned"]
    return []
