"""Promote where seats stayed free: somebody in the queue was elsewhere and is free now. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.outbox import append_events


async def find_free_seats_with_a_queue(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers that have both and have not begun: those of years past are not looked at again and again."""
    rows = await connection.fetch(
        """
        SELECT id FROM campaigns.offers
        WHERE waiting > 0 AND taken < seats AND status IN ('published', 'closed')
          AND lower(busy) > $1
        ORDER BY id
        """,
        now,
    )
    return [row["id"] for row in rows]


async def promote_free_seats(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Hold the free seats of one offer for its queue; returns how many were held."""
    offer = await lock_offer(connection, offer_id)
    if offer.waiting == 0 or offer.free <= 0 or offer.status not in ("published", "closed"):
        return 0
    revision = offer.revision + 1
    held = await promote_waiting(connection, offer=offer, free=offer.free, revision=revision, now=now)
    if held:
        await settle_offer(connection, offer, taken=len(held), waiting=-len(held), revision=revision)
        await append_events(connection, held)
    return len(held)
