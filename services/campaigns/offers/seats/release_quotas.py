"""Release quotas: kept seats are everybody's, the queue first. Called by the clock on their date, or by a planner."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.seats.quota import UnknownQuota, count_kept
from services.campaigns.offers.seats.read import count_claims, list_quotas
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.outbox import append_events


async def find_ended_quotas(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with kept seats whose date has come, the longest past first."""
    rows = await connection.fetch(
        """
        SELECT offer_id FROM campaigns.quotas
        WHERE released_at IS NULL AND until <= $1 GROUP BY offer_id ORDER BY min(until) LIMIT 100
        """,
        now,
    )
    return [row["offer_id"] for row in rows]


async def release_quotas(connection: Connection, *, offer_id: UUID, now: datetime, quota_id: UUID | None = None) -> int:
    """Open an offer's kept seats whose date has come, or those of one quota now; returns how many the queue got.

    Raises `UnknownQuota` where the quota named is not the offer's, or was released before.
    """
    offer = await lock_offer(connection, offer_id)
    released = await connection.fetch(
        """
        UPDATE campaigns.quotas SET released_at = $2
        WHERE offer_id = $1 AND released_at IS NULL AND (until <= $2 OR id = $3) RETURNING id
        """,
        offer_id,
        now,
        quota_id,
    )
    if quota_id is not None and quota_id not in [row["id"] for row in released]:
        raise UnknownQuota
    if not released:
        return 0
    quotas = await list_quotas(connection, offer_id, now=now)
    taken, _ = await count_claims(connection, offer_id)
    kept = count_kept(quotas, taken) if quotas else None
    await connection.execute("UPDATE campaigns.offers SET kept = $2 WHERE id = $1", offer_id, kept)
    if offer.status not in ("published", "closed") or not offer.waiting:
        return 0
    revision = offer.revision + 1
    held = await promote_waiting(
        connection, offer=structs.replace(offer, kept=kept), free=offer.free, revision=revision, now=now
    )
    if held:
        await settle_offer(connection, offer, taken=len(held), waiting=-len(held), revision=revision)
        await append_events(connection, held)
    return len(held)
