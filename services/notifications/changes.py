"""Changes of a programme as they are told: merged field by field, and never told twice."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from shared.events import (
    AnyEvent,
    OfferCancelled,
    OfferChanged,
    RegistrationConfirmed,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    SessionEvent,
)
from shared.programme import Programme

CANCELLED, ADDED, GROUP = "cancelled", "added", "group"


class Line(Struct, frozen=True):
    """One thing to tell: a field of a session (or of the offer, without session) before and after.

    `field` is `cancelled` or `added` for a session as a whole.
    """

    session_id: UUID | None
    field: str
    before: str = ""
    after: str = ""


def lines_of(event: AnyEvent) -> tuple[Line, ...]:
    """What one event tells."""
    if isinstance(event, SessionChanged | OfferChanged):
        session_id = event.session_id if isinstance(event, SessionChanged) else None
        return tuple(Line(session_id, change.field, change.before, change.after) for change in event.changes)
    if isinstance(event, SessionCancelled):
        return (Line(event.session_id, CANCELLED),)
    if isinstance(event, SessionAdded):
        return (Line(event.session_id, ADDED),)
    if isinstance(event, RegistrationConfirmed) and event.how == "regrouped":
        # facts of before the names were in them
        return (Line(None, GROUP, event.group_before, event.group or "nouveau groupe"),)
    return ()


def notes_of(events: Iterable[AnyEvent], lines: Sequence[Line]) -> tuple[str, ...]:
    """The sentences that planners added to these facts, each once; not of a change that is not told any more."""
    told = {(line.session_id, line.field) for line in lines}
    notes: dict[str, None] = {}
    for event in events:
        if not isinstance(event, SessionEvent | OfferChanged | OfferCancelled) or not event.note:
            continue
        if isinstance(event, OfferCancelled) or any((one.session_id, one.field) in told for one in lines_of(event)):
            notes[event.note] = None
    return tuple(notes)


def merge_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines in their order as one: A→B and B→C is A→C, A→B→A is nothing, a cancelled session is only that."""
    merged: dict[tuple[UUID | None, str], Line] = {}
    for line in lines:
        first = merged.get((line.session_id, line.field), line)
        merged[line.session_id, line.field] = Line(line.session_id, line.field, first.before, line.after)
    whole: dict[UUID | None, set[str]] = {}
    for line in merged.values():
        if line.field in (CANCELLED, ADDED):
            whole.setdefault(line.session_id, set()).add(line.field)
    return tuple(line for line in merged.values() if _still_told(line, whole.get(line.session_id, set())))


def _still_told(line: Line, whole: set[str]) -> bool:
    if whole == {CANCELLED, ADDED}:
        return False
    if whole:
        return line.field in whole
    return line.before != line.after


def of_own_programme(lines: Sequence[Line], programme: Programme, group_id: UUID | None) -> tuple[Line, ...]:
    """The lines without those of sessions of another group: who has changed group meanwhile has another week.

    A session that itself went from one group to another is told to both.
    """
    if group_id is None:
        return tuple(lines)
    elsewhere = {
        session.id
        for day in programme.days
        for session in day.sessions
        if session.group_id is not None and session.group_id != group_id
    } - {line.session_id for line in lines if line.field == GROUP}
    return tuple(line for line in lines if line.session_id not in elsewhere)


def left_to_tell(lines: Sequence[Line], told_since: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that no newer mail has already told: neither their field nor the session's cancellation."""
    told = {(line.session_id, line.field) for line in told_since}
    return tuple(
        line
        for line in lines
        if (line.session_id, line.field) not in told
        and (line.session_id is None or (line.session_id, CANCELLED) not in told)
    )
