"""The JSON bodies of offers, sessions and registrations: the contract for machines."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

Email = Annotated[str, Meta(description="At most 254 characters.", examples=["camille@lycee.example"])]


class PupilBody(Struct, frozen=True):
    """Who wants the seat. `email` may be null where the guardian's is given."""

    first_name: str
    last_name: str
    email: Email | None = None


class GuardianBody(Struct, frozen=True):
    """The pupil's guardian."""

    name: str
    email: Email


class SchoolBody(Struct, frozen=True):
    """The pupil's school; `uai` is checked when given."""

    name: str
    uai: str | None = None


class RegistrationBody(Struct, frozen=True):
    """A registration as it is asked for."""

    pupil: PupilBody
    school: SchoolBody
    guardian: GuardianBody | None = None
    class_name: str = ""
    grade: Literal["", "quatrieme", "troisieme", "seconde", "premiere", "terminale"] = ""
    without_host: Annotated[bool, Meta(description="No other host: seats may be kept for such pupils")] = False
    under_15: Annotated[
        bool, Meta(description="The guardian is then needed, and consents by mail before the seat is confirmed")
    ] = False
    teacher_email: Annotated[
        str | None, Meta(description="The referent teacher, who is asked by mail whether the pupil is theirs")
    ] = None


HeldForBody = Annotated[
    Literal["promotion", "address", "consent"] | None, Meta(description="What a held seat waits for, until `deadline`")
]


class RegisteredBody(Struct, frozen=True):
    """The answer to a registration; `position` counts from 1 while waiting."""

    id: UUID
    status: str
    position: int | None
    personal_url: str
    token: str
    held_for: HeldForBody = None
    deadline: datetime | None = None


class SeeMailBody(Struct, frozen=True):
    """The answer where the offer asks for proof of the address: the rest is in a mail to that address."""

    status: Literal["see-mail"] = "see-mail"


class OfferRefBody(Struct, frozen=True):
    """The offer a registration is for."""

    id: UUID
    slug: str
    title: str
    page_url: str


class RegistrationStateBody(Struct, frozen=True):
    """Where a registration stands."""

    id: UUID
    status: str
    position: int | None
    deadline: datetime | None
    offer: OfferRefBody
    held_for: HeldForBody = None


class HostBody(Struct, frozen=True):
    """The company of a session."""

    id: UUID
    name: str


class SessionBody(Struct, frozen=True):
    """A session as everybody may see it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    host: HostBody | None
    place: str
    sequence: int
    status: str
    group: str | None


class DayBody(Struct, frozen=True):
    """A day; `sector` is the national platform's code."""

    date: Date
    sector: str | None
    sessions: list[SessionBody]


class OfferBody(Struct, frozen=True, kw_only=True):
    """An offer in a list; `taken` counts confirmed and held seats."""

    id: UUID
    slug: str
    kind: str
    title: str
    status: str
    city: str
    organisation: str
    seats: int
    taken: int
    waiting: int
    page_url: str
    feed_url: str


class OfferWithDaysBody(OfferBody, frozen=True, kw_only=True):
    """An offer with its programme."""

    days: list[DayBody]


class OffersBody(Struct, frozen=True):
    """A page of offers; `next` is the key to ask for the following page with, or null."""

    items: list[OfferBody]
    next: str | None


class ListedRegistrationBody(Struct, frozen=True):
    """A registration as a planner sees it."""

    id: UUID
    status: str
    position: int | None
    deadline: datetime | None
    first_name: str
    last_name: str
    email: str | None
    guardian_name: str | None
    guardian_email: str | None
    school: str
    class_name: str
    group: str | None
    created_at: datetime


class ListedRegistrationsBody(Struct, frozen=True):
    """A page of registrations in the order of the queue; `next` as in the list of offers."""

    items: list[ListedRegistrationBody]
    next: str | None
