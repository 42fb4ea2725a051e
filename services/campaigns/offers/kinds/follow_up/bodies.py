"""The JSON bodies of one-to-one slots."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.kinds.follow_up.read import OfferedSlot, PlannedSlot
from services.campaigns.offers.kinds.follow_up.slot import PLACE_AT_MOST, URL_AT_MOST, SlotTime
from shared.french_dates import PARIS


class NewSlotsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Slots to offer, all or none; times with offset. Left out, `person_id` is who asks.

    `session_id`: the session that pupils leave for their slot.
    """

    slots: list[SlotTime]
    person_id: UUID | None = None
    place: Annotated[str, Meta(max_length=PLACE_AT_MOST)] = ""
    online_url: Annotated[str, Meta(max_length=URL_AT_MOST, pattern="^(https?://|$)")] = ""
    session_id: UUID | None = None


class BookingBody(Struct, frozen=True, forbid_unknown_fields=True):
    """For whom a slot is booked."""

    registration_id: UUID


class ChoiceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The slot a pupil chooses."""

    slot_id: UUID


class SlotBody(Struct, frozen=True, kw_only=True):
    """A slot as planners see it; `registration_id` is null while it is free."""

    id: UUID
    person_id: UUID
    follower: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    registration_id: UUID | None


class SlotsBody(Struct, frozen=True):
    """The slots of an offer by time; 500 at most."""

    items: list[SlotBody]


class OfferedSlotBody(Struct, frozen=True, kw_only=True):
    """A slot as a pupil sees it; `clash` names a session at the same time, for which it cannot be chosen."""

    id: UUID
    follower: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    mine: bool
    clash: str


class OfferedSlotsBody(Struct, frozen=True):
    """The slots a pupil may choose, and the one chosen."""

    items: list[OfferedSlotBody]


def slots_body(slots: list[PlannedSlot]) -> SlotsBody:
    """For planners; names of pupils stay with their registrations."""
    return SlotsBody(
        [
            SlotBody(
                id=slot.id,
                person_id=slot.person_id,
                follower=slot.follower,
                starts_at=slot.starts_at.astimezone(PARIS),
                ends_at=slot.ends_at.astimezone(PARIS),
                place=slot.place,
                online_url=slot.online_url,
                registration_id=slot.registration_id,
            )
            for slot in slots
        ]
    )


def offered_body(slots: list[OfferedSlot]) -> OfferedSlotsBody:
    """For the pupil."""
    return OfferedSlotsBody(
        [
            OfferedSlotBody(
                id=slot.id,
                follower=slot.follower,
                starts_at=slot.starts_at.astimezone(PARIS),
                ends_at=slot.ends_at.astimezone(PARIS),
                place=slot.place,
                online_url=slot.online_url if slot.mine else "",
                mine=slot.mine,
                clash=slot.clash,
            )
            for slot in slots
        ]
    )
