"""Refuse a held seat: it goes on to the next in the queue."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import SeatNoLongerHeld
from shared.database import Connection
from shared.languages import later


async def refuse_seat(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless; raises `SeatNoLongerHeld` when there is no held seat to refuse."""
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status == "refused":
        return
    if registration.status != "held":
        raise SeatNoLongerHeld(later("Aucune place n’est proposée en ce moment : il n’y a rien à refuser."))
    await free_seat(connection, offer=offer, registration=registration, ends_as="refused", now=now)
