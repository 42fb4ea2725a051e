"""Who is in, who waits, and why: a queue that explains itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.look.words import say_held_seats, say_position
from services.campaigns.offers.registration import HeldFor, RegistrationStatus, letters_of
from services.campaigns.offers.seats.quota import Quota
from shared.french_dates import say_moment
from shared.languages import _, n_


class PlannedSeats(Struct, frozen=True, kw_only=True):
    """An offer as its seats are planned. Of the `held` seats, `offered` are for a promotion, the last until
    `offered_until`; the others are kept until an address or a consent is confirmed, the last until `kept_until`.
    """

    id: UUID
    organisation_id: UUID
    slug: str
    kind: str
    title: str
    status: str
    seats: int
    taken: int
    waiting: int
    held: int
    offered: int
    offered_until: datetime | None
    kept_until: datetime | None
    starts_at: datetime | None

    @property
    def free(self) -> int:
        """Seats nobody has or is being offered."""
        return self.seats - self.taken


class SeatPupil(Struct, frozen=True, kw_only=True):
    """One living registration; `position` counts from 1 while waiting.

    `elsewhere` says that the pupil has a seat at the same times, `elsewhere_title` where, if the planner's
    organisation plans it. `disowned`: the teacher whom the pupil named does not know them.
    """

    id: UUID
    rank: int
    status: RegistrationStatus
    position: int | None
    deadline: datetime | None
    held_for: HeldFor | None
    created_at: datetime
    first_name: str
    last_name: str
    school_name: str
    school_uai: str | None
    class_name: str
    without_host: bool
    group_id: UUID | None
    elsewhere: bool
    elsewhere_title: str
    enrolled: bool
    disowned: bool = False

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or _("Données effacées")


class Group(Struct, frozen=True):
    """A group of an offer and how many pupils are in it."""

    id: UUID
    name: str
    pupils: int


class Share(Struct, frozen=True):
    """How many pupils of one school or class have a seat, and how many wait."""

    name: str
    seated: int
    waiting: int


class Double(Struct, frozen=True):
    """Two registrations that look like one pupil's."""

    one: SeatPupil
    other: SeatPupil


def explain(pupil: SeatPupil, offer: PlannedSeats, quotas: Sequence[Quota], kept: int) -> str:
    """Why somebody waits: where in the queue, what happens to the seats before them, until when."""
    place = f"{say_position(pupil.position or 1, offer.waiting)}."
    if pupil.elsewhere:
        if pupil.elsewhere_title:
            return _(
                "{place} A une place dans « {title} » aux mêmes dates : son tour passe au suivant tant qu’il l’a.",
                place=place,
                title=pupil.elsewhere_title,
            )
        return _(
            "{place} A une place ailleurs aux mêmes dates : son tour passe au suivant tant qu’il l’a.", place=place
        )
    if offer.held:
        moments = [say_moment(until) if until else "" for until in (offer.offered_until, offer.kept_until)]
        return f"{place} {say_held_seats(offer.offered, moments[0], offer.held - offer.offered, moments[1])}"
    if kept > 0 and offer.free <= kept and quotas:
        last = max(quotas, key=lambda quota: quota.until)
        return n_(
            "{place} La place libre est gardée {whose} jusqu’au {until}.",
            "{place} Les {count} places libres sont gardées {whose} jusqu’au {until}.",
            offer.free,
            place=place,
            whose=last.whose if len(quotas) == 1 else _("pour d’autres"),
            until=say_moment(last.until),
        )
    return _("{place} Toutes les places sont confirmées : il faut qu’une se libère.", place=place)


def find_doubles(pupils: Sequence[SeatPupil], distinct: set[tuple[UUID, UUID]]) -> list[Double]:
    """Pairs with the same names, whichever stands first, except those a planner has found to be two pupils."""
    by_name: dict[frozenset[str], list[SeatPupil]] = {}
    found: list[Double] = []
    for pupil in pupils:
        # whichever of the two is written first
        name = frozenset((letters_of(pupil.first_name), letters_of(pupil.last_name)))
        for other in by_name.setdefault(name, []):
            pair = (min(pupil.id, other.id), max(pupil.id, other.id))
            if pair not in distinct:
                found.append(Double(other, pupil))
        by_name[name].append(pupil)
    return found
