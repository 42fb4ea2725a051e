"""A letter: one delivery that is about to be sent, whom it goes to, and what its calendar says."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct

from services.notifications.message import COALESCED, ENDED, ENDS, Message
from services.notifications.reactions import STATUS_AFTER
from services.notifications.reminders import NEEDS_STATUS
from shared.events import AnyEvent, RegistrationEvent
from shared.people import Person


class Standing(Struct, frozen=True, kw_only=True):
    """A registration at one revision: what a calendar object says of it."""

    status: str
    sequence: int
    programme: int
    group_id: UUID | None
    stamp: datetime


class Letter(Struct, frozen=True, kw_only=True):
    """A claimed delivery. `mail` holds the bytes once they are rendered: later attempts send the same."""

    id: UUID
    event_id: UUID
    message: Message
    registration_id: UUID
    offer_id: UUID
    sequence: int
    attempts: int
    message_id: str
    calendar_method: str | None
    planned_at: datetime
    recipient_address: str | None
    mail: bytes | None
    priority: int = 5
    # tries without an answer, the turn its domain gave it, and whether its address takes no mail any more
    losses: int = 0
    turn_at: datetime | None = None
    barred: bool = False
    reply_address: str
    newest: Standing
    pupil: Person
    recipient: Person
    # from then on it would come too late
    useless_from: datetime | None = None
    # raised when the owner renews the personal link
    link_version: int = 1
    guardian_version: int = 1

    @property
    def address(self) -> str | None:
        """Where it goes: the address it was first sent to, while the person still has one; None after erasure."""
        return (self.recipient_address or self.recipient.email) if self.recipient.email else None

    @property
    def besides(self) -> bool:
        """Whether it tells a guardian what the pupil is told too; only the pupil's letter answers for the seat."""
        return self.recipient.id != self.pupil.id and self.pupil.email is not None

    @property
    def coalesced(self) -> bool:
        return self.message in COALESCED

    def useless(self, now: datetime) -> bool:
        """Whether it comes too late, or reminds of what is not so any more."""
        needed = NEEDS_STATUS.get(self.message, self.newest.status)
        return self.newest.status != needed or (self.useless_from is not None and self.useless_from <= now)

    def overtaken(self, *, end_was_sent: bool) -> bool:
        """Whether the registration has ended so that this letter would be untrue, or of no more use."""
        return self.newest.status in ENDED and self.message not in ENDS and (self.coalesced or end_was_sent)

    def standing(self, event: AnyEvent) -> Standing:
        """What the calendar says: the newest, except that good news whose end is still on its way tells its own day."""
        if self.newest.status in ENDED and self.message not in ENDS and isinstance(event, RegistrationEvent):
            return Standing(
                status=STATUS_AFTER.get(type(event), self.newest.status),
                sequence=event.revision,
                programme=event.programme,
                group_id=event.group_id,
                stamp=event.occurred_at,
            )
        return self.newest


def letter_of(row: dict[str, object]) -> Letter:
    """The letter in a row of a claim (claim_deliveries.py)."""
    given = {name: row[name] for name in Letter.__struct_fields__ if name in row}
    return Letter(
        **given,  # type: ignore[arg-type]  # the columns have these names and types
        newest=Standing(
            status=cast("str", row["status"]),
            sequence=cast("int", row["newest_sequence"]),
            programme=cast("int", row["programme_version"]),
            group_id=cast("UUID | None", row["group_id"]),
            stamp=cast("datetime", row["occurred_at"]),
        ),
        pupil=_person(row, "pupil_"),
        recipient=Person(
            id=cast("UUID", row["recipient_id"]),
            first_name=cast("str", row["first_name"]),
            last_name=cast("str", row["last_name"]),
            email=cast("str | None", row["email"]),
            language=cast("str", row["language"]),
            calendar_version=cast("int", row["calendar_version"]),
        ),
    )


def _person(row: dict[str, object], prefix: str) -> Person:
    return Person(
        id=cast("UUID", row[f"{prefix}id"]),
        first_name=cast("str", row[f"{prefix}first_name"]),
        last_name=cast("str", row[f"{prefix}last_name"]),
        email=cast("str | None", row[f"{prefix}email"]),
    )
