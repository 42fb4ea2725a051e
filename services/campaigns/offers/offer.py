"""An offer under its lock: whether it can be joined, and how its seats are counted."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from shared.french_dates import say_moment
from shared.languages import later, n_later
from shared.refusal import Refusal

OfferKind = Literal["collective_week", "hosting", "workshop", "information_morning"]
OfferStatus = Literal["draft", "published", "closed", "over", "cancelled"]

DEFAULT_SEATS: dict[OfferKind, int] = {"collective_week": 15, "hosting": 12, "workshop": 15, "information_morning": 50}


class UnknownOffer(Refusal):
    """No offer has this id, or it is not public."""

    reason: ClassVar[str] = "unknown-offer"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette offre n’existe pas ou n’est plus publiée."))


class OfferClosed(Refusal):
    """The offer cannot be joined now."""

    reason: ClassVar[str] = "offer-closed"


class OfferAlreadyCancelled(Refusal):
    """A cancelled offer cannot be changed."""

    reason: ClassVar[str] = "offer-cancelled"

    def __init__(self) -> None:
        super().__init__(later("Cette offre est annulée : elle ne peut plus être modifiée."))


class SeatsTaken(Refusal):
    """Fewer seats than are taken cannot be set."""

    reason: ClassVar[str] = "seats-taken"

    def __init__(self, taken: int) -> None:
        super().__init__(
            n_later(
                "{count} place est déjà prise ou retenue : le nombre de places ne peut pas être inférieur.",
                "{count} places sont déjà prises ou retenues : le nombre de places ne peut pas être inférieur.",
                taken,
            ),
            field="seats",
        )


class Offer(Struct, frozen=True, kw_only=True):
    """What a verb reads when it has locked the offer. `taken` counts held and confirmed, `waiting` the queue.

    `kept` is None where no seat is kept for anybody; else how many were, when it was last counted. `rules` is None
    where everybody may register; else JSON of `eligibility.Rules`.
    """

    id: UUID
    organisation_id: UUID
    slug: str
    title: str
    status: OfferStatus
    seats: int
    taken: int
    waiting: int
    next_rank: int
    revision: int
    programme_version: int
    opens_at: datetime | None
    closes_at: datetime | None
    first_session_at: datetime | None
    group_ids: list[UUID]
    kept: int | None = None
    # who registers presses a link in a mail before the seat is theirs
    proof_of_address: bool = False
    rules: str | None = None

    @property
    def free(self) -> int:
        """Seats nobody has or is being offered."""
        return self.seats - self.taken

    def refuse_if_closed(self, now: datetime) -> None:
        """Raise `OfferClosed` or `UnknownOffer` unless a newcomer may register at `now`."""
        if self.status == "draft":
            raise UnknownOffer
        if self.status == "cancelled":
            raise OfferClosed(later("Cette offre est annulée."))
        if self.status != "published":
            raise OfferClosed(later("Les inscriptions à cette offre sont closes."))
        if self.opens_at is not None and now < self.opens_at:
            opens_at = self.opens_at
            raise OfferClosed(later("Les inscriptions ouvrent {moment}.", moment=lambda: say_moment(opens_at)))
        if self.closes_at is not None and now >= self.closes_at:
            closes_at = self.closes_at
            raise OfferClosed(
                later("Les inscriptions sont closes depuis {moment}.", moment=lambda: say_moment(closes_at))
            )
        if self.first_session_at is None:
            raise OfferClosed(later("Toutes les séances de cette offre sont annulées."))
        if now >= self.first_session_at:
            raise OfferClosed(later("Cette offre a déjà commencé."))


def least_filled_groups(group_ids: list[UUID], filled: dict[UUID, int], count: int) -> list[UUID | None]:
    """The groups the next `count` pupils join, one by one into the least filled; None where there are no groups."""
    if not group_ids:
        return [None] * count
    sizes = {group_id: filled.get(group_id, 0) for group_id in group_ids}
    chosen: list[UUID | None] = []
    for _ in range(count):
        group_id = min(group_ids, key=lambda candidate: sizes[candidate])
        sizes[group_id] += 1
        chosen.append(group_id)
    return chosen
