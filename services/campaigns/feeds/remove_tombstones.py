"""Remove tombstones: what left the feeds 90 days ago, cancelled or gone elsewhere, is told no more."""

from datetime import datetime, timedelta

from services.campaigns.standings import forget_former_standings, settle_standings
from shared.database import Connection

KEPT = timedelta(days=90)


async def remove_tombstones(connection: Connection, *, now: datetime) -> int:
    """How many tombstones of one offer were removed; 0 when nothing is left to do, or only in offers under change."""
    offer_id = await connection.fetchval(
        """
        SELECT id FROM campaigns.offers
        WHERE id IN (SELECT offer_id FROM campaigns.sessions WHERE cancelled_at <= $1 AND removed_at IS NULL
                     UNION ALL
                     SELECT offer_id FROM campaigns.former_standings WHERE left_at <= $1)
        ORDER BY id LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED
        """,
        now - KEPT,
    )
    if offer_id is None:
        return 0
    removed = await connection.fetch(
        """
        UPDATE campaigns.sessions SET removed_at = $2
        WHERE offer_id = $3 AND cancelled_at <= $1 AND removed_at IS NULL
        RETURNING id
        """,
        now - KEPT,
        now,
        offer_id,
    )
    if removed:
        await settle_standings(connection, offer_id=offer_id, now=now)
    forgotten = await forget_former_standings(connection, offer_id=offer_id, before=now - KEPT, now=now)
    return len(removed) + forgotten
