"""Share the pupils' names with the hosts who have confirmed, or keep them again."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection


async def share_names(connection: Connection, *, offer_id: UUID, shared: bool = True, now: datetime) -> None:
    """Hosts see names, school and class of those who come to them, and nothing else. Raises `UnknownOffer`."""
    await lock_offer(connection, offer_id)
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET names_shared_at = CASE WHEN $2 THEN coalesce(names_shared_at, $3) END WHERE id = $1
        """,
        offer_id,
        shared,
        now,
    )
