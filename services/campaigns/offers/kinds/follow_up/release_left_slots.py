"""Release the slots of pupils who have left the offer, and cancel those of an offer that was. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.follow_up.free_slot import empty_slots
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.outbox import append_events

LEFT = """
    s.status = 'planned' AND s.starts_at > $1
    AND (o.status = 'cancelled' OR EXISTS (
        SELECT FROM campaigns.registrations r
        WHERE r.id = s.registration_id AND r.status NOT IN ('held', 'confirmed')))
"""


async def find_left_slots(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a slot that nobody will come to; slots of the past stay as they were."""
    rows = await connection.fetch(
        f"""
        SELECT DISTINCT s.offer_id
        FROM campaigns.follow_up_slots s JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE {LEFT} LIMIT 100
        """,  # noqa: S608  # the condition is a constant of this module
        now,
    )
    return [row["offer_id"] for row in rows]


async def release_left_slots(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """How many slots were freed or cancelled; the pupil and the member are told of those that were booked."""
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        f"""
        SELECT s.id FROM campaigns.follow_up_slots s JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE s.offer_id = $2 AND {LEFT}
        """,  # noqa: S608  # the condition is a constant of this module
        now,
        offer_id,
    )
    left = [row["id"] for row in rows]
    await append_events(connection, await empty_slots(connection, left, now=now))
    if offer.status == "cancelled":
        await connection.execute(
            "UPDATE campaigns.follow_up_slots SET status = 'cancelled' WHERE id = ANY($1::uuid[])", left
        )
    return len(left)
