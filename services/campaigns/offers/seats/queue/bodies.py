"""The JSON bodies of seats: the queue, what is done by hand, kept seats."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.seats.queue.by_hand import REASON_AT_LEAST, REASON_AT_MOST

Reason = Annotated[
    str,
    Meta(
        min_length=REASON_AT_LEAST,
        max_length=REASON_AT_MOST,
        description="Stays in the audit trail; no pupil's name",
        examples=["Élève sans autre accueil à dix jours du début"],
    ),
]


class QueuedBody(Struct, frozen=True):
    """Somebody who waits, and why; `position` counts from 1."""

    id: UUID
    position: int
    first_name: str
    last_name: str
    school: str
    class_name: str
    explanation: str


class QueueBody(Struct, frozen=True):
    """A page of the queue; `next` is the key to ask for the following page with, or null."""

    seats: int
    taken: int
    held: int
    waiting: int
    kept: int
    items: list[QueuedBody]
    next: str | None


class GivenSeatBody(Struct, frozen=True):
    """`offered` holds the seat until a deadline as any other promotion; `confirmed` asks nobody."""

    reason: Reason
    how: Literal["offered", "confirmed"] = "offered"


class SkippedTurnBody(Struct, frozen=True):
    """Why the next goes first."""

    reason: Reason


class MovedBody(Struct, frozen=True):
    """To which place in the queue; beyond its end is its end."""

    reason: Reason
    position: Annotated[int, Meta(ge=1, le=1_000_000)]


class GroupChangeBody(Struct, frozen=True):
    """The group the pupil is to be in."""

    group_id: UUID


class MergeBody(Struct, frozen=True):
    """The other registration, and whether both are one pupil's."""

    other_id: UUID
    verdict: Literal["same", "two"] = "same"


class SeatStateBody(Struct, frozen=True):
    """Where a registration stands after an act; `id` is another one where the act made it so."""

    id: UUID
    status: str
    position: int | None
    deadline: datetime | None


class NewQuotaBody(Struct, frozen=True):
    """Seats to keep until a date: of one school (`school_uai`), or of pupils without another host (null)."""

    seats: Annotated[int, Meta(ge=1, le=10_000)]
    until: Annotated[datetime, Meta(tz=True, examples=["2027-05-15T12:00:00+02:00"])]
    school_uai: Annotated[str | None, Meta(examples=["0271585B"])] = None


class QuotaBody(Struct, frozen=True):
    """Seats that are kept."""

    id: UUID
    seats: int
    school_uai: str | None
    until: datetime


class QuotasBody(Struct, frozen=True):
    """The kept seats of an offer; `unused` of them are not taken yet."""

    items: list[QuotaBody]
    unused: int
