"""The JSON bodies of answers that come back by mail: what one of our services tells the other."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from shared.answer_notices import Why

Sequence = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class CalendarAnswerBody(Struct, frozen=True, kw_only=True):
    """One answer of a calendar; `day` as the invitation numbers it, null for all days; `following`: and all later."""

    answer: Literal["accepted", "declined", "tentative"]
    day: Date | None = None
    following: bool = False
    sequence: Sequence
    stamp: Annotated[datetime, Meta(tz=True)]


class CalendarAnswersBody(Struct, frozen=True, kw_only=True):
    """What one mail answers to one invitation: to all days first, then to single ones."""

    registration_id: UUID
    answers: Annotated[list[CalendarAnswerBody], Meta(min_length=1, max_length=60)]


class OutcomesBody(Struct, frozen=True):
    """What each answer came to, in the same order; one from a day on, for each of its days."""

    outcomes: list[str]


class NoteBody(Struct, frozen=True, kw_only=True):
    """What a calendar said that changes nothing; `sequence` and `day` are the answer's own."""

    registration_id: UUID
    why: Why
    sequence: Sequence = 0
    day: Date | None = None


class EntryAnswerBody(Struct, frozen=True, kw_only=True):
    """One answer to the entry of a host, a speaker or a slot: `entry_id` is of the request or the slot."""

    kind: Literal["host", "speaker", "slot"]
    entry_id: UUID
    person_id: UUID
    answer: CalendarAnswerBody


class EntryOutcomeBody(Struct, frozen=True):
    """What it came to."""

    outcome: str


class EntryNoteBody(Struct, frozen=True, kw_only=True):
    """What a calendar said to such an entry that changes nothing."""

    kind: Literal["host", "speaker", "slot"]
    entry_id: UUID
    person_id: UUID
    why: Why


class LetterBody(Struct, frozen=True, kw_only=True):
    """Somebody wrote back: the words are kept by who read them, under `answer_id`.

    To the invitation of a registration, or to what else was sent about an offer.
    """

    registration_id: UUID | None = None
    offer_id: UUID | None = None
    answer_id: UUID


class RefusedAddressBody(Struct, frozen=True, kw_only=True):
    """A mail to a person came back for good; `status` as the report has it (RFC 3463)."""

    person_id: UUID
    registration_id: UUID | None = None
    offer_id: UUID | None = None
    status: Annotated[str, Meta(pattern=r"^[0-9.]{0,12}$")]
    shut: bool


class ToldBody(Struct, frozen=True):
    """Whether there was anybody to tell."""

    told: bool
