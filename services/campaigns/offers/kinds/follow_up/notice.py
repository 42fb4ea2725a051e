"""The notices of a slot: who is told that it was booked, or that it will not take place."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.follow_up.slot import TITLE
from shared.notices import Appointment, FollowUpBooked, FollowUpCancelled


class BookedSlot(Struct, frozen=True, kw_only=True):
    """A slot with the people behind it; `guardian_id` is of a guardian who reads another address than the pupil."""

    id: UUID
    offer_id: UUID
    offer: str
    organisation: str
    person_id: UUID
    follower: str
    registration_id: UUID
    pupil_id: UUID
    pupil_has_address: bool
    guardian_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    sequence: int

    @property
    def recipients(self) -> tuple[UUID, ...]:
        """The pupil where there is an address, the guardian, always, and the member."""
        pupil = [self.pupil_id] if self.pupil_has_address or self.guardian_id is None else []
        guardian = [self.guardian_id] if self.guardian_id else []
        return (*pupil, *guardian, self.person_id)

    @property
    def appointment(self) -> Appointment:
        """What both put into their calendars."""
        return Appointment(
            session_id=self.id,
            offer=self.offer,
            organisation=self.organisation,
            title=TITLE,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=" ; ".join(part for part in (self.place, self.online_url) if part),
            contact=self.follower,
        )

    def booked(self, now: datetime) -> FollowUpBooked:
        """The fact that it was booked."""
        return FollowUpBooked(
            occurred_at=now,
            recipients=self.recipients,
            offer_id=self.offer_id,
            slot_id=self.id,
            pupil_id=self.pupil_id,
            appointment=self.appointment,
            sequence=self.sequence,
        )

    def cancelled(self, now: datetime) -> FollowUpCancelled:
        """The fact that it will not take place; read before the slot was written, whose sequence is then one more."""
        return FollowUpCancelled(
            occurred_at=now,
            recipients=self.recipients,
            offer_id=self.offer_id,
            slot_id=self.id,
            pupil_id=self.pupil_id,
            appointment=self.appointment,
            sequence=self.sequence + 1,
        )
