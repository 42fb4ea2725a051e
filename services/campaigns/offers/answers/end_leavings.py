"""End leavings: seats that a calendar declined and nobody kept go on to the next in the queue."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from shared.database import Connection


async def find_ended_leavings(connection: Connection, *, now: datetime) -> list[UUID]:
    """The registrations whose time to undo has passed."""
    rows = await connection.fetch(
        "SELECT registration_id FROM campaigns.leavings WHERE due_at <= $1 ORDER BY due_at LIMIT 100", now
    )
    return [row["registration_id"] for row in rows]


async def end_leaving(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Give the seat back, unless it was kept or has ended meanwhile; two clocks at once do it once."""
    offer, registration = await lock_registration(connection, registration_id)
    due = await connection.fetchval(
        "DELETE FROM campaigns.leavings WHERE registration_id = $1 AND due_at <= $2 RETURNING true",
        registration_id,
        now,
    )
    if due and registration.status == "confirmed":
        await free_seat(connection, offer=offer, registration=registration, ends_as="withdrawn", now=now)
