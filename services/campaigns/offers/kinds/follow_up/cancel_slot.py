"""Cancel a slot: it will not take place; who had booked it is told."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.follow_up.free_slot import note_changed_calendar
from services.campaigns.offers.kinds.follow_up.lock_slot import lock_slot
from services.campaigns.offers.kinds.follow_up.read import read_booked_slots
from shared.database import Connection
from shared.outbox import append_events


async def cancel_slot(connection: Connection, *, slot_id: UUID, now: datetime) -> bool:
    """Whether somebody had booked it; raises `UnknownSlot` for one that is cancelled already."""
    await lock_slot(connection, slot_id)
    booked = await read_booked_slots(connection, [slot_id])
    await connection.execute(
        "UPDATE campaigns.follow_up_slots SET status = 'cancelled', sequence = sequence + 1 WHERE id = $1", slot_id
    )
    await note_changed_calendar(connection, [each.registration_id for each in booked], now=now)
    await append_events(connection, [each.cancelled(now) for each in booked])
    return bool(booked)
