"""The pupils somebody enrolled: where each stands, and who has nothing yet."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import HeldFor, RegistrationStatus
from shared.french_dates import PARIS, say_date, say_moment, say_period, say_times
from shared.languages import _, later
from shared.refusal import Refusal

LISTED_AT_MOST = 2_000


class UnknownEnrolment(Refusal):
    """No registration of this id was made by the asker's organisation."""

    reason: ClassVar[str] = "unknown-enrolment"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cet élève n’a pas été inscrit par vous à cette offre."))


class TooLateToWithdraw(Refusal):
    """The offer has begun, or does not take place."""

    reason: ClassVar[str] = "too-late-to-withdraw"

    def __init__(self) -> None:
        super().__init__(
            later("Un élève ne peut être retiré qu’avant le premier jour de l’offre. Ensuite, notez son absence.")
        )


class EnrolledPlace(Struct, frozen=True, kw_only=True):
    """One registration of an enrolled pupil; `position` counts from 1 while waiting, of `waiting`."""

    id: UUID
    pupil_id: UUID
    offer_id: UUID
    offer_slug: str
    offer_title: str
    first_name: str
    last_name: str
    class_name: str
    school_name: str
    school_uai: str | None
    without_host: bool
    status: RegistrationStatus
    position: int | None
    waiting: int
    deadline: datetime | None
    held_for: HeldFor | None
    closes_at: datetime | None
    starts_at: datetime | None
    can_swap: bool
    can_withdraw: bool
    absent: int = 0

    @property
    def has_seat(self) -> bool:
        """Whether a seat is the pupil's, or being offered."""
        return self.status in ("held", "confirmed")

    def say(self) -> str:
        """« Place confirmée », « 3e sur 7 », « Place proposée, réponse avant le mardi 15 juin à 12 h »."""
        match self.status:
            case "confirmed":
                return _("Place confirmée")
            case "held" if self.held_for == "consent" and self.deadline is not None:
                return _(
                    "Place retenue, accord du responsable attendu avant le {moment}", moment=say_moment(self.deadline)
                )
            case "held" if self.deadline is not None:
                return _("Place proposée, réponse avant le {moment}", moment=say_moment(self.deadline))
            case "waiting":
                return _("Attend, {rank} sur {waiting}", rank=say_rank(self.position or 1), waiting=self.waiting)
            case "expired":
                return _("Place proposée, restée sans réponse")
            case "refused":
                return _("A refusé la place")
            case "cancelled":
                return _("Offre annulée")
            case _:
                return _("Retiré")


class ClassPupil(Struct, frozen=True, kw_only=True):
    """One pupil with all places the same organisation asked for."""

    places: tuple[EnrolledPlace, ...]

    @property
    def name(self) -> str:
        """« Dupré Camille », as a register lists them."""
        return f"{self.places[0].last_name} {self.places[0].first_name}"

    @property
    def class_name(self) -> str:
        return self.places[0].class_name

    @property
    def has_seat(self) -> bool:
        return any(place.has_seat for place in self.places)

    @property
    def waits(self) -> bool:
        return any(place.status == "waiting" for place in self.places)


class SchoolClass(Struct, frozen=True, kw_only=True):
    """The pupils of one class, by name."""

    name: str
    pupils: tuple[ClassPupil, ...]

    @property
    def seated(self) -> int:
        """How many have a seat somewhere."""
        return sum(pupil.has_seat for pupil in self.pupils)

    @property
    def with_nothing(self) -> tuple[ClassPupil, ...]:
        """Who has no seat anywhere; some of them wait."""
        return tuple(pupil for pupil in self.pupils if not pupil.has_seat)

    def say(self) -> str:
        """« 12 élèves sur 15 ont une place, 3 n’ont encore rien »."""
        left = len(self.pupils) - self.seated
        if not left:
            return _("Tous les élèves ont une place")
        have = _("1 élève a une place") if self.seated == 1 else _("{seated} élèves ont une place", seated=self.seated)
        rest = _("1 n’a encore rien") if left == 1 else _("{left} n’ont encore rien", left=left)
        return _("{have} sur {pupils}, {rest}", have=have, pupils=len(self.pupils), rest=rest)


class OpenOffer(Struct, frozen=True, kw_only=True):
    """An offer a class can be enrolled in now; `kept` seats of the free ones are for some only."""

    id: UUID
    slug: str
    title: str
    city: str
    organisation: str
    seats: int
    taken: int
    held: int
    waiting: int
    kept: int
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime | None

    @property
    def when(self) -> str:
        """« du lundi 14 au vendredi 18 juin 2027 », « mardi 15 juin 2027, 9 h–12 h »."""
        first, last = (moment.astimezone(PARIS).date() for moment in (self.starts_at, self.ends_at))
        if first != last:
            return say_period(first, last)
        return f"{say_date(first, year=True)}, {say_times(self.starts_at, self.ends_at)}"


def group_classes(places: Sequence[EnrolledPlace]) -> list[SchoolClass]:
    """Places in the order class, name, first name, pupil, as the classes they are of."""
    classes = []
    for name, members in groupby(places, key=lambda place: place.class_name):
        pupils = groupby(members, key=lambda place: place.pupil_id)
        classes.append(
            SchoolClass(name=name, pupils=tuple(ClassPupil(places=tuple(of_pupil)) for _, of_pupil in pupils))
        )
    return classes


def say_rank(position: int) -> str:
    """« 1er », « 2e »."""
    return "1er" if position == 1 else f"{position}e"
