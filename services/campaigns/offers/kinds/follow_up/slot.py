"""One-to-one slots: how a stretch of a day is cut into them, and why one cannot be had."""

from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.fields import FIRST_YEAR, LAST_YEAR, local
from services.campaigns.offers.time_law import EARLIEST, LATEST
from shared.french_dates import say_date, say_times
from shared.languages import later
from shared.refusal import Refusal

SLOTS_AT_MOST, SLOTS_OF_AN_OFFER = 24, 500
MINUTES = (15, 20, 30, 45, 60)
PLACE_AT_MOST, URL_AT_MOST = 200, 500
# what facts keep is French; a calendar says it to who reads it
TITLE, TITLE_SAID = "Entretien de suivi", later("Entretien de suivi")


class UnknownSlot(Refusal):
    """No slot has this id in the offer, or it was cancelled."""

    reason: ClassVar[str] = "unknown-slot"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce créneau n’existe pas ou n’est plus proposé."))


class InvalidSlots(Refusal):
    """A field of the slots to add cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class SlotTaken(Refusal):
    """Another pupil has the slot."""

    reason: ClassVar[str] = "slot-taken"

    def __init__(self) -> None:
        super().__init__(later("Ce créneau vient d’être choisi par un autre élève. Choisissez-en un autre."))


class SlotPassed(Refusal):
    """The slot has begun: it is neither chosen nor freed any more."""

    reason: ClassVar[str] = "slot-passed"

    def __init__(self) -> None:
        super().__init__(later("Ce créneau a déjà commencé."))


class SeatNeeded(Refusal):
    """Only who has a confirmed seat in the offer chooses a slot."""

    reason: ClassVar[str] = "seat-needed"

    def __init__(self) -> None:
        super().__init__(later("Il faut une place confirmée dans cette offre pour choisir un créneau."))


class PupilBusy(Refusal):
    """The pupil has a session, or a slot of another offer, at that time."""

    reason: ClassVar[str] = "pupil-busy"

    def __init__(self, title: str = "") -> None:
        super().__init__(
            later("« {title} » a lieu à la même heure. Choisissez un autre créneau.", title=title)
            if title
            else later("Un autre rendez-vous a lieu à la même heure. Choisissez un autre créneau.")
        )


class FollowerBusy(Refusal):
    """The member has a slot at that time already, in this offer or another (exclusion constraint)."""

    reason: ClassVar[str] = "follower-busy"

    def __init__(self) -> None:
        super().__init__(later("Cette personne propose déjà un créneau à cette heure."), field="starts")


class NothingBooked(Refusal):
    """The registration has no slot to give back."""

    reason: ClassVar[str] = "nothing-booked"

    def __init__(self) -> None:
        super().__init__(later("Aucun créneau n’est choisi."))


class SlotTime(Struct, frozen=True, kw_only=True):
    """When a slot is; times with offset."""

    starts_at: datetime
    ends_at: datetime

    def say(self) -> str:
        """« mercredi 16 juin, 14 h–14 h 30 »."""
        return f"{say_date(self.starts_at)}, {say_times(self.starts_at, self.ends_at)}"


class LockedSlot(Struct, frozen=True, kw_only=True):
    """A slot read under its offer's lock; `registration_status` is that of who has it."""

    id: UUID
    offer_id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    session_id: UUID | None
    registration_id: UUID | None
    registration_status: str | None

    @property
    def is_free(self) -> bool:
        """Whether nobody has it who still has a seat."""
        return self.registration_id is None or self.registration_status not in ("held", "confirmed")


def cut_into_slots(day: Date, starts: time, ends: time, minutes: int) -> list[SlotTime]:
    """The slots of so many minutes between two hours of a day, in order; raises `InvalidSlots`."""
    if minutes not in MINUTES:
        raise InvalidSlots(later("Choisissez une durée."), field="minutes")
    first, last = local(day, starts), local(day, ends)
    if starts < EARLIEST or ends > LATEST:
        raise InvalidSlots(later("Rien avant 6 h ni après 20 h."), field="starts")
    if last - first < timedelta(minutes=minutes):
        raise InvalidSlots(later("Aucun créneau ne tient entre ces deux heures."), field="ends")
    count = (last - first) // timedelta(minutes=minutes)
    if count > SLOTS_AT_MOST:
        raise InvalidSlots(
            later("Cela fait {count} créneaux : {most} au plus à la fois.", count=count, most=SLOTS_AT_MOST),
            field="ends",
        )
    step = timedelta(minutes=minutes)
    return [SlotTime(starts_at=first + number * step, ends_at=first + (number + 1) * step) for number in range(count)]


def check_times(times: list[SlotTime], *, now: datetime) -> None:
    """Raise `InvalidSlots` for what a machine may ask and nobody can keep."""
    if not times:
        raise InvalidSlots(later("Donnez au moins un créneau."), field="slots")
    if len(times) > SLOTS_AT_MOST:
        raise InvalidSlots(later("{most} créneaux au plus à la fois.", most=SLOTS_AT_MOST), field="slots")
    for each in times:
        if each.starts_at.tzinfo is None or each.ends_at.tzinfo is None:
            raise InvalidSlots(later("Les heures doivent porter leur décalage."), field="slots")
        if not all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in (each.starts_at, each.ends_at)):
            raise InvalidSlots(later("Cette date est hors du possible."), field="slots")
        if not timedelta(minutes=5) <= each.ends_at - each.starts_at <= timedelta(hours=4):
            raise InvalidSlots(later("Un créneau dure de 5 minutes à 4 heures."), field="slots")
        if each.starts_at <= now:
            raise InvalidSlots(later("Un créneau se propose avant son heure."), field="day")


def constraint_refusals() -> dict[str, Any]:
    """The named constraints of the table, as people are told."""
    return {"follower_in_one_place_at_a_time": FollowerBusy, "pupil_in_one_slot_at_a_time": PupilBusy}
