"""Lock a slot: the offer's row is locked, then the slot is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from services.campaigns.offers.kinds.follow_up.slot import LockedSlot, UnknownSlot, constraint_refusals
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer
from shared.database import Connection


async def lock_slot(connection: Connection, slot_id: UUID) -> tuple[Offer, LockedSlot]:
    """The offer and the slot, planned and nothing else; raises `UnknownSlot`."""
    offer_id = await connection.fetchval("SELECT offer_id FROM campaigns.follow_up_slots WHERE id = $1", slot_id)
    if offer_id is None:
        raise UnknownSlot
    offer = await lock_offer(connection, offer_id)
    slot = await read_locked_slot(connection, slot_id)
    if slot is None:
        raise UnknownSlot
    return offer, slot


async def read_locked_slot(connection: Connection, slot_id: UUID) -> LockedSlot | None:
    """The slot as it is, None where it is not planned; the caller holds its offer's lock."""
    row = await connection.fetchrow(
        """
        SELECT s.id, s.offer_id, s.person_id, s.starts_at, s.ends_at, s.session_id, s.registration_id,
               r.status AS registration_status
        FROM campaigns.follow_up_slots s LEFT JOIN campaigns.registrations r ON r.id = s.registration_id
        WHERE s.id = $1 AND s.status = 'planned'
        """,
        slot_id,
    )
    return LockedSlot(**dict(row)) if row else None


@contextmanager
def translated_slot_constraints() -> Iterator[None]:
    """Turn a violation of a named constraint of the slots into its refusal in plain French."""
    try:
        yield
    except asyncpg.ExclusionViolationError as error:
        refusal = constraint_refusals().get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal() from error
