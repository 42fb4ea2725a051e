"""The moment of one message: after the wait for others of its kind, not by night, before the rest where it is near."""

from datetime import datetime, timedelta

from msgspec import Struct

from services.notifications.message import COALESCED, COALESCED_NOTICES
from services.notifications.quiet_hours import is_near, morning_to_wait_for, starts_of
from services.notifications.reactions import NEAR, NoticeReaction, Reaction
from shared.events import AnyEvent, Event, OfferChanged, SessionEvent
from shared.notices import HostRequested, SpeakerRequested
from shared.programme import Programme
from shared.settings import Settings


class Moment(Struct, frozen=True):
    """When it is due, until when the night holds it back (if it does), and how urgent it is (0 first)."""

    due_at: datetime
    quiet_until: datetime | None
    priority: int


def moment_of(
    event: AnyEvent | Event,
    line: Reaction | NoticeReaction,
    programme: Programme | None,
    *,
    settings: Settings,
    now: datetime,
) -> Moment:
    """Of the message that a line sends about an event; `programme` is what a fact of an offer changes, if any."""
    together = (
        line.message in COALESCED
        or line.message in COALESCED_NOTICES
        # who is asked again after a change may be so several times in a row
        or (isinstance(event, HostRequested | SpeakerRequested) and bool(event.changes))
    )
    due_at = now + timedelta(seconds=settings.coalescing_seconds if together else 0)
    if isinstance(event, SessionEvent | OfferChanged) and event.tell_after:
        # its planner lets it go later
        due_at = max(due_at, event.tell_after)
    if not line.waits(event):
        return Moment(due_at, None, line.priority)
    starts = starts_of(event, programme)
    morning = morning_to_wait_for(due_at, quiet=settings.quiet_hours, starts=starts, now=now)
    return Moment(due_at, morning, min(NEAR, line.priority) if is_near(due_at, starts, now=now) else line.priority)
