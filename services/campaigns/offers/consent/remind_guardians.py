"""Remind guardians, once, half-way to the deadline, that their consent is awaited. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.events import RegistrationConsentReminded
from shared.outbox import append_events


async def find_guardians_to_remind(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a guardian to remind."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT offer_id FROM campaigns.registrations
        WHERE held_for = 'consent' AND consent_remind_at <= $1 LIMIT 100
        """,
        now,
    )
    return [row["offer_id"] for row in rows]


async def remind_guardians(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Ask those of one offer again, and returns how many; another process may have been first. Who is past the deadline
    is not asked any more.
    """
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations SET consent_remind_at = NULL
        WHERE offer_id = $1 AND held_for = 'consent' AND consent_remind_at <= $2
        RETURNING id, pupil_id, guardian_id, group_id, deadline
        """,
        offer_id,
        now,
    )
    facts = [
        RegistrationConsentReminded(
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
