"""The JSON bodies of a day: marks of attendance, and conventions."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.seats.attendance.sheet import AttendanceState

MARKS_AT_MOST = 5_000


class MarkBody(Struct, frozen=True):
    """What was seen: one pupil in one session."""

    session_id: UUID
    registration_id: UUID
    state: AttendanceState


class NewMarksBody(Struct, frozen=True):
    """`filled_at` is when the marks were made, where they are sent later; of two, the later one stands."""

    marks: Annotated[list[MarkBody], Meta(min_length=1, max_length=MARKS_AT_MOST)]
    filled_at: Annotated[datetime, Meta(tz=True)] | None = None


class ExpectedBody(Struct, frozen=True):
    """A pupil who is expected in a session; `state` is null while nothing is noted."""

    registration_id: UUID
    first_name: str
    last_name: str
    state: str | None


class SessionSheetBody(Struct, frozen=True):
    """A session of the day and who is expected in it."""

    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    pupils: list[ExpectedBody]


class DaySheetBody(Struct, frozen=True):
    """The attendance sheet of a day."""

    date: Date
    emergency_phone: str
    sessions: list[SessionSheetBody]


class ConventionBody(Struct, frozen=True):
    """A pupil's convention; null: not signed."""

    registration_id: UUID
    signed_on: Date | None


class NamedConventionBody(Struct, frozen=True):
    """The same with the pupil's name."""

    registration_id: UUID
    first_name: str
    last_name: str
    signed_on: Date | None


class NewConventionsBody(Struct, frozen=True):
    """The dates to note; pupils who are not named keep theirs."""

    items: Annotated[list[ConventionBody], Meta(min_length=1, max_length=MARKS_AT_MOST)]


class ConventionsBody(Struct, frozen=True):
    """The conventions of an offer by pupil's name; `signed` of them are signed."""

    signed: int
    items: list[NamedConventionBody]
