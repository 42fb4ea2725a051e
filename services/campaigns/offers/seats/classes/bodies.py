"""The JSON bodies of classes: the contract for machines."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.bodies import Email, GuardianBody, HeldForBody, SchoolBody
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace
from services.campaigns.offers.seats.enrolment import PUPILS_AT_MOST


class ListedPupilBody(Struct, frozen=True):
    """One pupil of a list; `email` may be null where the guardian's is given."""

    first_name: Annotated[str, Meta(examples=["Camille"])]
    last_name: Annotated[str, Meta(examples=["Dupré"])]
    email: Email | None = None
    guardian: GuardianBody | None = None
    class_name: Annotated[str | None, Meta(examples=["2nde 4"])] = None
    without_host: Annotated[bool, Meta(description="No other host: seats may be kept for such pupils")] = False
    under_15: Annotated[bool, Meta(description="The guardian consents by mail before the seat is confirmed")] = False


class ClassBody(Struct, frozen=True):
    """A list to enrol, in the order in which they wait where seats are too few.

    `school` is needed where the asker is no school; `class_name` is of the pupils who name none.
    """

    pupils: Annotated[list[ListedPupilBody], Meta(min_length=1, max_length=PUPILS_AT_MOST)]
    school: SchoolBody | None = None
    class_name: str = ""
    all_or_none: Annotated[bool, Meta(description="Refuse the whole list unless everybody gets a seat")] = False


class EnrolmentOutcomeBody(Struct, frozen=True):
    """What became of one pupil; `id` is null for who was refused, and `reason` and `detail` say why."""

    id: UUID | None
    status: str
    position: int | None
    reason: str | None = None
    detail: str | None = None


class ClassOutcomeBody(Struct, frozen=True):
    """What became of a list, pupil by pupil in its order."""

    seated: int
    waiting: int
    refused: int
    items: list[EnrolmentOutcomeBody]


class EnrolmentBody(Struct, frozen=True):
    """Where an enrolled pupil stands."""

    id: UUID
    first_name: str
    last_name: str
    class_name: str
    status: str
    position: int | None
    waiting: int
    deadline: datetime | None
    held_for: HeldForBody
    can_swap: bool
    can_withdraw: bool


class EnrolmentsBody(Struct, frozen=True):
    """The asker's pupils in one offer, by class and name."""

    items: list[EnrolmentBody]


class SwapBody(Struct, frozen=True):
    """Who comes in: the enrolment of one who waits, or a new pupil of the same school and class."""

    enrolment_id: UUID | None = None
    pupil: ListedPupilBody | None = None


def enrolment_body(place: EnrolledPlace) -> EnrolmentBody:
    """A place as machines read it."""
    return EnrolmentBody(**{name: getattr(place, name) for name in EnrolmentBody.__struct_fields__})
