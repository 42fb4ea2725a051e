"""Book a slot for a pupil: never two pupils in one, never one pupil in two places; a slot had before is given back."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.follow_up.free_slot import empty_slots, note_changed_calendar
from services.campaigns.offers.kinds.follow_up.lock_slot import read_locked_slot, translated_slot_constraints
from services.campaigns.offers.kinds.follow_up.read import read_booked_slots
from services.campaigns.offers.kinds.follow_up.slot import (
    LockedSlot,
    PupilBusy,
    SeatNeeded,
    SlotPassed,
    SlotTaken,
    UnknownSlot,
)
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import LockedRegistration
from shared.database import Connection
from shared.outbox import append_events


async def book_slot(connection: Connection, *, slot_id: UUID, registration_id: UUID, now: datetime) -> None:
    """Book it; booking what one has already does nothing. Raises `UnknownRegistration`, `UnknownSlot`, `SeatNeeded`,
    `SlotPassed`, `SlotTaken`, `PupilBusy`.

    Who had the slot and has no seat any more is told that it is off, as the pupil is of the slot given back.
    """
    offer, registration = await lock_registration(connection, registration_id)
    slot = await read_locked_slot(connection, slot_id)
    if slot is None or slot.offer_id != offer.id or offer.status == "cancelled":
        raise UnknownSlot
    if registration.status != "confirmed":
        raise SeatNeeded
    if slot.registration_id == registration_id:
        return
    if slot.starts_at <= now:
        raise SlotPassed
    if not slot.is_free:
        raise SlotTaken
    await _refuse_busy_pupil(connection, slot, registration)
    had = await connection.fetch(
        """
        SELECT id, starts_at <= $3 AS passed FROM campaigns.follow_up_slots
        WHERE status = 'planned' AND (registration_id = $1 OR (id = $2 AND registration_id IS NOT NULL))
        """,
        registration_id,
        slot_id,
        now,
    )
    if any(row["passed"] for row in had):
        raise SlotPassed
    off = await empty_slots(connection, [row["id"] for row in had], now=now)
    with translated_slot_constraints():
        await connection.execute(
            """
            UPDATE campaigns.follow_up_slots
            SET registration_id = $2, pupil_id = $3, booked_at = $4, sequence = sequence + 1
            WHERE id = $1
            """,
            slot_id,
            registration_id,
            registration.pupil_id,
            now,
        )
    await note_changed_calendar(connection, [registration_id], now=now)
    booked = await read_booked_slots(connection, [slot_id])
    await append_events(connection, [*off, *(each.booked(now) for each in booked)])


async def _refuse_busy_pupil(connection: Connection, slot: LockedSlot, registration: LockedRegistration) -> None:
    """Name the session of this offer that is in the way; the one the slot is part of is not.

    Of another offer nothing is said: neither a planner of this one, nor who registered a pupil by name and address,
    must learn from it where the pupil is.
    """
    title = await connection.fetchval(
        """
        SELECT CASE WHEN s.offer_id = $5 THEN s.title ELSE '' END
        FROM campaigns.registrations r
        JOIN campaigns.sessions s ON s.offer_id = r.offer_id AND s.status = 'planned'
             AND s.during && tstzrange($2, $3)
             AND (s.group_id IS NULL OR r.group_id IS NULL OR s.group_id = r.group_id)
        WHERE r.pupil_id = $1 AND r.status IN ('held', 'confirmed') AND s.id IS DISTINCT FROM $4
        ORDER BY s.offer_id = $5 DESC, s.starts_at LIMIT 1
        """,
        registration.pupil_id,
        slot.starts_at,
        slot.ends_at,
        slot.session_id,
        slot.offer_id,
    )
    if title is not None:
        raise PupilBusy(title)
