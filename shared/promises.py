"""The part of the contract about what hosts and speakers have promised: the entry in their own calendar.

A field may be added with a default; anything else is a new tag (see `shared.events`).
"""

from typing import Literal
from uuid import UUID

from shared.answer_notices import Why
from shared.appointment import Appointment
from shared.changes import FieldChange
from shared.notice import Notice


class PromiseNotice(Notice, frozen=True, kw_only=True):
    """A fact told to who has promised one session; `promised_by` is the company or the speaker.

    `sequence` is that of the entry (RFC 5545 §3.8.7.4): higher in each message about this request.
    """

    request_id: UUID
    token_version: int = 1
    space_version: int = 1
    keeper: Literal["host", "speaker"]
    promised_by: str
    appointment: Appointment
    sequence: int


class PromiseGiven(PromiseNotice, frozen=True, kw_only=True, tag="promise.given"):
    """Somebody has said yes: the entry comes into their calendar."""


class PromiseChanged(PromiseNotice, frozen=True, kw_only=True, tag="promise.changed"):
    """What was promised holds, and something else about the session is another: its title, its room.

    `holds_again`: the time or place that had changed is again what the yes was said to.
    """

    changes: tuple[FieldChange, ...]
    holds_again: bool = False


class PromiseTakenBack(PromiseNotice, frozen=True, kw_only=True, tag="promise.taken_back"):
    """Who had promised cannot come, or another person of the company does: the entry goes.

    `by_calendar`: their calendar said so, which deleting the entry does, too.
    """

    by_calendar: bool = False


class PromiseAnswerNoted(PromiseNotice, frozen=True, kw_only=True, tag="promise.answer_noted"):
    """The calendar of who was asked said something that changes nothing; they are told how things stand.

    `sequence` is 0 where they have no entry (any more).
    """

    why: Why
    standing: Literal["awaited", "confirmed", "proposed", "declined", "withdrawn", "replaced"]
