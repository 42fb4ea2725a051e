"""Close an offer: it stays visible, nobody new can register; and open it again."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled, UnknownOffer
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class OfferOver(Refusal):
    """The offer is past: it opens and closes no more."""

    reason: ClassVar[str] = "offer-over"

    def __init__(self) -> None:
        super().__init__(later("Cette offre est passée."))


class ClosingPassed(Refusal):
    """The day on which registration closes has passed: it has to be moved first."""

    reason: ClassVar[str] = "closing-passed"

    def __init__(self) -> None:
        super().__init__(
            later("La fin des inscriptions est passée : changez-la d’abord dans les réglages."), field="closes_at"
        )


async def close_offer(connection: Connection, *, offer_id: UUID, now: datetime) -> bool:
    """Close, and say whether that changed anything.

    Raises `UnknownOffer` for a draft, `OfferAlreadyCancelled`, `OfferOver`. Whoever waits keeps the place, and
    still gets a seat that is freed.
    """
    return await _set_status(connection, offer_id, before="published", after="closed", closed_at=now)


async def open_offer(connection: Connection, *, offer_id: UUID, now: datetime) -> bool:
    """Open a closed offer again; raises as `close_offer`, and `ClosingPassed`."""
    closes_at = await connection.fetchval("SELECT closes_at FROM campaigns.offers WHERE id = $1", offer_id)
    if closes_at is not None and closes_at <= now:
        raise ClosingPassed
    return await _set_status(connection, offer_id, before="closed", after="published", closed_at=None)


async def _set_status(
    connection: Connection, offer_id: UUID, *, before: str, after: str, closed_at: datetime | None
) -> bool:
    offer = await lock_offer(connection, offer_id)
    if offer.status == "draft":
        raise UnknownOffer
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if offer.status == "over":
        raise OfferOver
    if offer.status != before:
        return False
    await connection.execute(
        "UPDATE campaigns.offers SET status = $2, closed_at = $3, edition = edition + 1 WHERE id = $1",
        offer_id,
        after,
        closed_at,
    )
    return True
