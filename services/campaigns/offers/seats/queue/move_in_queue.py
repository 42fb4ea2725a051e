"""Move somebody in the queue by hand: the ranks of those in between move by one."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.seats.queue.by_hand import NotWaiting
from shared.database import Connection


async def move_in_queue(connection: Connection, *, registration_id: UUID, position: int, now: datetime) -> int:
    """Put who waits at `position` (1 is next; beyond the end is the end); returns the position. Raises `NotWaiting`.

    Nobody is told: a seat is what is told. No two registrations of an offer have the same rank, not for a moment.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status != "waiting":
        raise NotWaiting
    rows = await connection.fetch(
        "SELECT id, rank FROM campaigns.registrations WHERE offer_id = $1 AND status = 'waiting' ORDER BY rank",
        offer.id,
    )
    order = [row["id"] for row in rows]
    ranks = [row["rank"] for row in rows]
    order.remove(registration_id)
    order.insert(max(0, position - 1), registration_id)
    before = {row["id"]: row["rank"] for row in rows}
    moved = [(id_, rank) for id_, rank in zip(order, ranks, strict=True) if before[id_] != rank]
    if moved:
        ids, new = [id_ for id_, _ in moved], [rank for _, rank in moved]
        await connection.execute("UPDATE campaigns.registrations SET rank = -rank WHERE id = ANY($1::uuid[])", ids)
        await connection.execute(
            """
            UPDATE campaigns.registrations r SET rank = moved.rank, changed_at = $3
            FROM unnest($1::uuid[], $2::bigint[]) AS moved (id, rank) WHERE r.id = moved.id
            """,
            ids,
            new,
            now,
        )
    return order.index(registration_id) + 1
