"""The contract between the services: every fact that has happened, frozen, tagged by hand.

A field may be added with a default; anything else is a new tag. Each tag has a frozen sample in
`tests/shared/samples/`, decoded in every test run. Events name people by id; names and addresses stay in
`contract.people`. The programme is named by (offer_id, programme): its text is in `contract.programmes`.
"""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.changes import FieldChange as FieldChange
from shared.erasures import PupilErased
from shared.identifiers import new_id
from shared.notices import AnyNotice
from shared.suppressions import AddressFreed


class Concerned(Struct, frozen=True, kw_only=True):
    """Somebody whom a fact concerns: one living registration and the people behind it."""

    registration_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None = None
    group_id: UUID | None = None
    status: Literal["waiting", "held", "confirmed"]


class Event(Struct, frozen=True, kw_only=True, tag_field="tag"):
    """What every fact carries: the offer, its revision (SEQUENCE of what it causes), the programme's version."""

    id: UUID = msgspec.field(default_factory=new_id)
    occurred_at: datetime
    offer_id: UUID
    revision: int
    programme: int


class RegistrationEvent(Event, frozen=True, kw_only=True):
    """A fact about one registration."""

    registration_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None = None
    group_id: UUID | None = None


class RegistrationConfirmed(RegistrationEvent, frozen=True, kw_only=True, tag="registration.confirmed"):
    """The pupil has the seat: at once (`registered`), by accepting a held one (`accepted`), by a planner's or a
    teacher's hand (`given`); or has it as before, in another group (`regrouped`). `consented`: the guardian's consent
    was what the seat was held for. `group` and `group_before` are the names, of who was regrouped.
    """

    how: Literal["registered", "accepted", "given", "regrouped"]
    consented: bool = False
    group: str = ""
    group_before: str = ""


class RegistrationWaiting(RegistrationEvent, frozen=True, kw_only=True, tag="registration.waiting"):
    """No seat was free: the pupil waits at `position` (1 is next).

    `consent_needed`: the pupil is under 15; the guardian will have to consent, and may already.
    """

    position: int
    consent_needed: bool = False


class RegistrationHeld(RegistrationEvent, frozen=True, kw_only=True, tag="registration.held"):
    """A seat is kept for the pupil until `deadline`; `consent_needed` as of who waits."""

    held_for: Literal["promotion", "address", "consent"]
    deadline: datetime
    consent_needed: bool = False


class RegistrationWithdrawn(RegistrationEvent, frozen=True, kw_only=True, tag="registration.withdrawn"):
    """The pupil left; `had_seat` tells whether a calendar entry was sent that must now go.

    `why`: asked by who has the link; or the place in the queue ended as a seat was confirmed in the offer `elsewhere`;
    or the teacher gave the seat to another pupil; or the same pupil had registered twice. `by_school`: who asked is
    the teacher who had enrolled the pupil; `by_guardian`: the guardian took the consent back.
    """

    had_seat: bool
    why: Literal["asked", "elsewhere", "swapped", "merged"] = "asked"
    by_school: bool = False
    elsewhere: str = ""
    by_guardian: bool = False


class RegistrationRefused(RegistrationEvent, frozen=True, kw_only=True, tag="registration.refused"):
    """The pupil declined the seat that was held; or the guardian did not consent (`by_guardian`).

    `had_seat` as of who withdrew.
    """

    had_seat: bool = True
    by_guardian: bool = False


class RegistrationExpired(RegistrationEvent, frozen=True, kw_only=True, tag="registration.expired"):
    """The deadline of a held seat passed without an answer."""

    held_for: Literal["promotion", "address", "consent"] = "promotion"


class RegistrationLinkRequested(RegistrationEvent, frozen=True, kw_only=True, tag="registration.link_requested"):
    """Somebody registered a pupil who already is: the personal link goes to the address on file again."""


class RegistrationConsentReminded(RegistrationEvent, frozen=True, kw_only=True, tag="registration.consent_reminded"):
    """The guardian has not answered yet whether they consent: they are asked once more, until `deadline`."""

    deadline: datetime


class RegistrationSeatReminded(RegistrationEvent, frozen=True, kw_only=True, tag="registration.seat_reminded"):
    """The seat that is held for who waited has not been answered yet: they are told once more, until `deadline`."""

    deadline: datetime


class RegistrationDeclined(RegistrationEvent, frozen=True, kw_only=True, tag="registration.declined"):
    """A calendar answered no to a confirmed seat: it is kept until `deadline`, and given back where nobody keeps it."""

    deadline: datetime


class RegistrationKept(RegistrationEvent, frozen=True, kw_only=True, tag="registration.kept"):
    """The no of a calendar was taken back in time: the seat is confirmed as before, its entry is sent again."""


class RegistrationAnswerNoted(RegistrationEvent, frozen=True, kw_only=True, tag="registration.answer_noted"):
    """A calendar said something that changes nothing, and its owner is answered: `outdated`, it answered what has
    changed since; `refresh`, it asked for the invitation again; `counter`, it proposed other times, for the `day` of
    the invitation it had at `sequence`.
    """

    why: Literal["outdated", "refresh", "counter"]
    sequence: int = 0
    day: Date | None = None


class SessionEvent(Event, frozen=True, kw_only=True):
    """A fact about one session; `audience` is who has a seat and this session in the programme.

    `note` is a sentence the planner adds for them; `tell_after` keeps the news back until then.
    """

    session_id: UUID
    audience: tuple[Concerned, ...] = ()
    note: str = ""
    tell_after: datetime | None = None


class SessionAdded(SessionEvent, frozen=True, kw_only=True, tag="session.added"):
    """A session came into a published programme."""


class SessionChanged(SessionEvent, frozen=True, kw_only=True, tag="session.changed"):
    """Shown fields of a session changed."""

    changes: tuple[FieldChange, ...]


class SessionCancelled(SessionEvent, frozen=True, kw_only=True, tag="session.cancelled"):
    """A session will not take place."""


class OfferPublished(Event, frozen=True, kw_only=True, tag="offer.published"):
    """An offer can be seen and joined."""


class OfferChanged(Event, frozen=True, kw_only=True, tag="offer.changed"):
    """Shown fields of the offer itself changed (title, city, contact); note and hold as of a session's."""

    changes: tuple[FieldChange, ...]
    audience: tuple[Concerned, ...] = ()
    note: str = ""
    tell_after: datetime | None = None


class OfferCancelled(Event, frozen=True, kw_only=True, tag="offer.cancelled"):
    """The whole offer will not take place; `audience` is everybody with a living registration, waiting included."""

    audience: tuple[Concerned, ...] = ()
    note: str = ""


AnyEvent = (
    RegistrationConfirmed
    | RegistrationWaiting
    | RegistrationHeld
    | RegistrationWithdrawn
    | RegistrationRefused
    | RegistrationExpired
    | RegistrationLinkRequested
    | RegistrationConsentReminded
    | RegistrationDeclined
    | RegistrationKept
    | RegistrationAnswerNoted
    | RegistrationSeatReminded
    | SessionAdded
    | SessionChanged
    | SessionCancelled
    | OfferPublished
    | OfferChanged
    | OfferCancelled
    | AnyNotice
    | PupilErased
    | AddressFreed
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode_event(event: AnyEvent) -> str:
    """The event as JSON text, its tag in `tag`."""
    return _encoder.encode(event).decode()


def decode_event(body: str | bytes) -> AnyEvent:
    """The event in a JSON text; raises `msgspec.ValidationError` for what no tag of the contract describes."""
    return _decoder.decode(body)


def tag_of(event: AnyEvent | type[AnyEvent]) -> str:
    """The tag an event travels under, `"registration.confirmed"`."""
    return str(event.__struct_config__.tag)
