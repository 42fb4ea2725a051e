"""End an offer: its last session is over; the clock does it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection

A_ROUND = 200


async def find_ended_offers(connection: Connection, *, now: datetime) -> list[UUID]:
    """Public offers whose last session is over, at most a round of them. One without any session never ends so."""
    rows = await connection.fetch(
        """
        SELECT id FROM campaigns.offers
        WHERE status IN ('published', 'closed') AND upper(busy) <= $1 ORDER BY id LIMIT $2
        """,
        now,
        A_ROUND,
    )
    return [row["id"] for row in rows]


async def end_offer(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Mark it as over, unless it was cancelled, or moved to later, in the meantime."""
    await lock_offer(connection, offer_id)
    await connection.execute(
        """
        UPDATE campaigns.offers SET status = 'over'
        WHERE id = $1 AND status IN ('published', 'closed') AND upper(busy) <= $2
        """,
        offer_id,
        now,
    )
