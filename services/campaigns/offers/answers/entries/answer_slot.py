"""Answer a one-to-one appointment as a calendar says: the pupil's no frees the slot, the member's cancels it."""

from datetime import datetime

from services.campaigns.offers.answers.entries.entry_answer import EntryAnswer, Outcome
from services.campaigns.offers.kinds.follow_up.cancel_slot import cancel_slot
from services.campaigns.offers.kinds.follow_up.free_slot import free_slot
from services.campaigns.offers.kinds.follow_up.lock_slot import lock_slot
from services.campaigns.offers.kinds.follow_up.read import read_booked_slots
from services.campaigns.offers.kinds.follow_up.slot import SlotPassed
from shared.database import Connection


async def answer_slot(connection: Connection, *, given: EntryAnswer, now: datetime) -> Outcome:
    """What it came to; nothing from who had the slot before. Both hear of it, and the pupil may choose another.

    Raises `UnknownSlot`, `SlotPassed`.
    """
    _, slot = await lock_slot(connection, given.entry_id)
    booked = await read_booked_slots(connection, [slot.id])
    if not booked or given.person_id not in booked[0].recipients:
        return "ended"
    if slot.starts_at <= now:
        raise SlotPassed
    if given.answer.answer != "declined":
        return "noted"
    if given.person_id == slot.person_id:
        # at that time nobody is there to be met
        await cancel_slot(connection, slot_id=slot.id, now=now)
        return "slot_cancelled"
    await free_slot(connection, registration_id=booked[0].registration_id, now=now)
    return "slot_freed"
