"""Free the slot a pupil has: somebody else may choose it, and both are told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.follow_up.read import read_booked_slots
from services.campaigns.offers.kinds.follow_up.slot import NothingBooked, SlotPassed
from services.campaigns.offers.lock_offer import lock_registration
from shared.database import Connection
from shared.notices import FollowUpCancelled
from shared.outbox import append_events


async def free_slot(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Raises `UnknownRegistration`, `NothingBooked`, `SlotPassed`."""
    await lock_registration(connection, registration_id)
    slot = await connection.fetchrow(
        "SELECT id, starts_at FROM campaigns.follow_up_slots WHERE registration_id = $1 AND status = 'planned'",
        registration_id,
    )
    if slot is None:
        raise NothingBooked
    if slot["starts_at"] <= now:
        raise SlotPassed
    await append_events(connection, await empty_slots(connection, [slot["id"]], now=now))


async def empty_slots(connection: Connection, slot_ids: Sequence[UUID], *, now: datetime) -> list[FollowUpCancelled]:
    """Take whoever has these slots out of them; returns the facts. The caller holds the offer's lock."""
    booked = await read_booked_slots(connection, slot_ids)
    await connection.execute(
        """
        UPDATE campaigns.follow_up_slots
        SET registration_id = NULL, pupil_id = NULL, booked_at = NULL, sequence = sequence + 1
        WHERE id = ANY($1::uuid[])
        """,
        [slot.id for slot in booked],
    )
    await note_changed_calendar(connection, [slot.registration_id for slot in booked], now=now)
    return [slot.cancelled(now) for slot in booked]


async def note_changed_calendar(connection: Connection, registration_ids: Sequence[UUID], *, now: datetime) -> None:
    """What a pupil's own feed shows has changed: its Last-Modified is the registration's."""
    await connection.execute(
        "UPDATE campaigns.registrations SET changed_at = $2 WHERE id = ANY($1::uuid[])", list(registration_ids), now
    )
