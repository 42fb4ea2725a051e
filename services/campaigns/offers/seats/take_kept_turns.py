"""Take the turns of a queue whose offer keeps seats: the first by rank for whom there is one, and who are free."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.campaigns.offers.offer import Offer
from services.campaigns.offers.seats.quota import Claim, Seating
from services.campaigns.offers.seats.read import read_seating
from services.campaigns.offers.take_times import take_times
from shared.database import Connection

LOOKED_AT_A_TIME = 500


async def take_kept_turns(connection: Connection, offer: Offer, *, free: int, now: datetime) -> list[UUID]:
    """The registrations, by rank, that may be promoted into `free` seats and whose pupils' time could be taken.

    Whoever only a kept seat is left for, and it is not kept for them, is passed over and keeps the rank.
    """
    seating = await read_seating(connection, offer.id, free=free, now=now)
    chosen: list[UUID] = []
    last_rank = 0
    while seating.free > 0:
        queue = await connection.fetch(
            """
            SELECT r.id, r.pupil_id, r.rank, p.school_uai, r.without_host
            FROM campaigns.registrations r
            JOIN campaigns.pupils p ON p.id = r.pupil_id
            JOIN campaigns.offers o ON o.id = r.offer_id
            WHERE r.offer_id = $1 AND r.status = 'waiting' AND r.rank > $2 AND NOT EXISTS (
                SELECT FROM campaigns.pupil_times t WHERE t.pupil_id = r.pupil_id AND t.busy && o.busy)
            ORDER BY r.rank LIMIT $3
            """,
            offer.id,
            last_rank,
            LOOKED_AT_A_TIME,
        )
        if not queue:
            break
        last_rank = queue[-1]["rank"]
        chosen += await _take(connection, offer, seating, queue)
    await connection.execute("UPDATE campaigns.offers SET kept = $2 WHERE id = $1", offer.id, seating.kept)
    return chosen


async def _take(connection: Connection, offer: Offer, seating: Seating, queue: list[Record]) -> list[UUID]:
    """Those of one stretch of the queue; a seat that one could not take goes on to the next of it."""
    chosen: list[UUID] = []
    left = queue
    while left:
        turns, behind = [], []
        for row in left:
            claim = Claim(row["school_uai"], row["without_host"])
            if seating.has_room_for(claim):
                seating.seat(claim)
                turns.append(row)
            else:
                behind.append(row)
        if not turns:
            break
        free_now = await take_times(
            connection, offer_id=offer.id, wanted=[(row["id"], row["pupil_id"]) for row in turns]
        )
        for row in turns:
            if row["id"] in free_now:
                chosen.append(row["id"])
            else:
                seating.unseat(Claim(row["school_uai"], row["without_host"]))
        left = behind if len(free_now) < len(turns) else []
    return chosen
