"""What is read of kept seats: which there are, and who has used them."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.seats.quota import Claim, Quota, Seating
from shared.database import Connection


async def list_quotas(connection: Connection, offer_id: UUID, *, now: datetime) -> list[Quota]:
    """The seats of an offer that are kept at `now`."""
    rows = await connection.fetch(
        """
        SELECT q.id, q.seats, q.school_uai, q.until, coalesce(g.name, '') AS school_name
        FROM campaigns.quotas q LEFT JOIN campaigns.organisations g ON g.uai = q.school_uai
        WHERE q.offer_id = $1 AND q.released_at IS NULL AND q.until > $2
        ORDER BY q.until, q.id
        """,
        offer_id,
        now,
    )
    return [Quota(**dict(row)) for row in rows]


async def count_claims(connection: Connection, offer_id: UUID) -> tuple[Counter[Claim], Counter[Claim]]:
    """Pupils with a seat, and pupils who wait, by what decides which kept seats are for them."""
    rows = await connection.fetch(
        """
        SELECT p.school_uai, r.without_host, count(*) FILTER (WHERE r.status <> 'waiting') AS taken,
               count(*) FILTER (WHERE r.status = 'waiting') AS waiting
        FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        WHERE r.offer_id = $1 AND r.status IN ('waiting', 'held', 'confirmed')
        GROUP BY p.school_uai, r.without_host
        """,
        offer_id,
    )
    taken, waiting = Counter[Claim](), Counter[Claim]()
    for row in rows:
        claim = Claim(row["school_uai"], row["without_host"])
        taken[claim], waiting[claim] = row["taken"], row["waiting"]
    return +taken, +waiting


async def read_seating(connection: Connection, offer_id: UUID, *, free: int, now: datetime) -> Seating:
    """Who may take one of the `free` seats of a locked offer that keeps seats."""
    taken, _ = await count_claims(connection, offer_id)
    return Seating(free, await list_quotas(connection, offer_id, now=now), taken)
