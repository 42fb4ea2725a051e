"""Remind who was offered a seat, once, when a third of the time to answer is left. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.events import RegistrationSeatReminded
from shared.outbox import append_events


async def find_offered_to_remind(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with somebody to remind."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT offer_id FROM campaigns.registrations
        WHERE held_for = 'promotion' AND seat_remind_at <= $1 LIMIT 100
        """,
        now,
    )
    return [row["offer_id"] for row in rows]


async def remind_offered(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Remind those of one offer, and returns how many; another process may have been first. Who is past the deadline
    hears that instead.
    """
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations SET seat_remind_at = NULL
        WHERE offer_id = $1 AND held_for = 'promotion' AND seat_remind_at <= $2
        RETURNING id, pupil_id, guardian_id, group_id, deadline
        """,
        offer_id,
        now,
    )
    facts = [
        RegistrationSeatReminded(
            occurred_at=now,
            offer_id=offer_id,
            revision=offer.revision,
            programme=offer.programme_version,
            registration_id=row["id"],
            pupil_id=row["pupil_id"],
            guardian_id=row["guardian_id"],
            group_id=row["group_id"],
            deadline=row["deadline"],
        )
        for row in rows
        if row["deadline"] > now
    ]
    await append_events(connection, facts)
    return len(facts)
