"""An erasure: a pupil's seats are given back, then names and addresses go; what is left are counts."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from shared.languages import later
from shared.refusal import Refusal

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


class NotTheirsAlone(Refusal):
    """A guardian is whom a form names, and another form named somebody else, or nobody."""

    reason: ClassVar[str] = "not-theirs-alone"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(
            later(
                "D’autres inscriptions de cet élève n’indiquent pas votre adresse. Demandez-le avec l’élève, depuis sa "
                "page, ou écrivez à l’organisation."
            )
        )
