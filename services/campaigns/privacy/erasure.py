"""An erasure: a pupil's seats are given back, then names and addresses go; what is left are counts."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

# the mails that say the seat is given back go first: a calendar is told, and so is the guardian
LETTERS_AT_MOST = timedelta(minutes=10)
# who registers in the very moment of being erased is found for so long
LOOKED_AFTER = timedelta(hours=1)

Why = Literal["asked", "kept_long_enough"]


class Erasure(Struct, frozen=True, kw_only=True):
    """One that is to be carried out. `living`: registrations in what is still to come, ended before the names go."""

    pupil_id: UUID
    why: Why
    asked_at: datetime
    living: tuple[UUID, ...] = ()

    def waits_for_letters(self, now: datetime) -> bool:
        """Whether the mails about the seats that were given back may still have their time."""
        return now < self.asked_at + LETTERS_AT_MOST
