"""Entries: what a notice puts into the calendar of who reads it, changes there, or takes out of it."""

from uuid import UUID, uuid5

from msgspec import Struct, structs

from shared.calendar.invitation import Method
from shared.notices import (
    AnyNotice,
    FollowUpBooked,
    FollowUpCancelled,
    HostReleased,
    HostRequested,
    HostTimeAccepted,
    SpeakerReleased,
    SpeakerRequested,
)
from shared.promises import PromiseAnswerNoted, PromiseChanged, PromiseGiven, PromiseNotice, PromiseTakenBack
from shared.signed_links import ReplyScope
from shared.webinars import WebinarCancelled, WebinarNotice


class Entry(Struct, frozen=True, kw_only=True):
    """One entry: its UID is made of `id`, which is of a request or of a slot; `scope` says of which.

    Without a scope nobody reads what a calendar answers: it is asked for nothing.
    """

    id: UUID
    scope: ReplyScope | None
    method: Method
    sequence: int
    tentative: bool = False


def entry_of(notice: AnyNotice, recipient_id: UUID) -> Entry | None:
    """What becomes of the entry of one recipient; None where there is none, as of who was only asked."""
    match notice:
        case PromiseGiven() | PromiseChanged():
            return _promised(notice, "REQUEST")
        case PromiseTakenBack():
            return _promised(notice, "CANCEL")
        case PromiseAnswerNoted() if notice.sequence:
            return _noted(notice)
        case FollowUpBooked() | FollowUpCancelled():
            return _slot(notice, recipient_id)
        case HostTimeAccepted() | HostRequested() | HostReleased() if notice.sequence:
            return _asked(notice, "reply_host")
        case SpeakerRequested() | SpeakerReleased() if notice.sequence:
            return _asked(notice, "reply_speaker")
        case WebinarNotice():
            return _webinar(notice, recipient_id)
    return None


def _promised(notice: PromiseNotice, method: Method) -> Entry:
    scope: ReplyScope = "reply_host" if notice.keeper == "host" else "reply_speaker"
    return Entry(id=notice.request_id, scope=scope, method=method, sequence=notice.sequence)


def _noted(notice: PromiseAnswerNoted) -> Entry:
    """The entry as it stands; another time is declined, which leaves it as it is (RFC 5546 §3.2.8)."""
    entry = _promised(notice, "DECLINECOUNTER" if notice.why == "counter" else "REQUEST")
    return structs.replace(entry, tentative=notice.standing in ("awaited", "proposed"))


def _asked(
    notice: HostTimeAccepted | HostRequested | HostReleased | SpeakerRequested | SpeakerReleased, scope: ReplyScope
) -> Entry:
    """Asked again after a promise, the entry moves and is uncertain until the answer."""
    return Entry(
        id=notice.request_id,
        scope=scope,
        method="CANCEL" if isinstance(notice, HostReleased | SpeakerReleased) else "REQUEST",
        sequence=notice.sequence,
        tentative=isinstance(notice, HostRequested | SpeakerRequested),
    )


def _slot(notice: FollowUpBooked | FollowUpCancelled, recipient_id: UUID) -> Entry | None:
    """The pupil (or the guardian instead) and the member have it; a guardian told besides gets a plain file."""
    if not notice.sequence:
        return None
    cancelled = isinstance(notice, FollowUpCancelled)
    besides = notice.pupil_id in notice.recipients and recipient_id not in (notice.pupil_id, notice.recipients[-1])
    if besides and cancelled:
        return None
    method: Method = "PUBLISH" if besides else "CANCEL" if cancelled else "REQUEST"
    return Entry(id=notice.slot_id, scope="reply_slot", method=method, sequence=notice.sequence)


def _webinar(notice: WebinarNotice, recipient_id: UUID) -> Entry:
    """Each person has an entry of their own: no calendar shows who else is invited."""
    return Entry(
        id=uuid5(notice.webinar_id, str(recipient_id)),
        scope=None,
        method="CANCEL" if isinstance(notice, WebinarCancelled) else "REQUEST",
        sequence=notice.sequence,
    )
