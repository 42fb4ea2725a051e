"""Expire holds whose deadline has passed: the seat goes on to the next in the queue. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import AnyEvent, RegistrationExpired
from shared.outbox import append_events


async def find_ended_holds(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a hold whose deadline has passed, the longest passed first."""
    rows = await connection.fetch(
        """
        SELECT offer_id FROM campaigns.registrations
        WHERE status = 'held' AND deadline <= $1 GROUP BY offer_id ORDER BY min(deadline) LIMIT 100
        """,
        now,
    )
    return [row["offer_id"] for row in rows]


async def expire_holds(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """End the passed holds of one offer and promote as many; returns how many ended (0: another process was first)."""
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations r
        SET status = 'expired', held_for = NULL, deadline = NULL, changed_at = $2
        FROM (SELECT id, held_for FROM campaigns.registrations
              WHERE offer_id = $1 AND status = 'held' AND deadline <= $2) ended
        WHERE r.id = ended.id
        RETURNING r.id, r.pupil_id, r.guardian_id, r.group_id, ended.held_for
        """,
        offer_id,
        now,
    )
    if not rows:
        return 0
    await connection.execute(
        "DELETE FROM campaigns.pupil_times WHERE registration_id = ANY($1::uuid[])", [row["id"] for row in rows]
    )
    revision = offer.revision + 1
    facts: list[AnyEvent] = [
        RegistrationExpired(
            occurred_at=now,
            offer_id=offer_id,
            revision=revision,
            programme=offer.programme_version,
            registration_id=row["id"],
            pupil_id=row["pupil_id"],
            guardian_id=row["guardian_id"],
            group_id=row["group_id"],
            held_for=row["held_for"],
        )
        for row in rows
    ]
    held = await promote_waiting(connection, offer=offer, free=offer.free + len(rows), revision=revision, now=now)
    await settle_offer(connection, offer, taken=len(held) - len(rows), waiting=-len(held), revision=revision)
    await append_events(connection, [*facts, *held])
    return len(rows)
