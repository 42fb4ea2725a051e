"""Change the number of seats of an offer; more seats promote who waits."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled, SeatsTaken
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.outbox import append_events


async def change_seats(connection: Connection, *, offer_id: UUID, seats: int, now: datetime) -> None:
    """Set the seats; raises `SeatsTaken` when fewer than are taken, `OfferAlreadyCancelled`."""
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if seats < offer.taken:
        raise SeatsTaken(offer.taken)
    if seats == offer.seats:
        return
    await connection.execute(
        "UPDATE campaigns.offers SET seats = $2, edition = edition + 1 WHERE id = $1", offer_id, seats
    )
    revision = offer.revision + 1
    held = await promote_waiting(connection, offer=offer, free=seats - offer.taken, revision=revision, now=now)
    if held:
        await settle_offer(connection, offer, taken=len(held), waiting=-len(held), revision=revision)
        await append_events(connection, held)
