"""Withdraw a registration: the pupil gives the seat, or the place in the queue, back."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import RegistrationEnded
from shared.database import Connection


async def withdraw_registration(
    connection: Connection, *, registration_id: UUID, by_school: bool = False, now: datetime
) -> None:
    """Doing it twice is harmless; raises `RegistrationEnded` when it ended in another way."""
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status == "withdrawn":
        return
    if registration.status not in ("waiting", "held", "confirmed"):
        raise RegistrationEnded
    await free_seat(
        connection, offer=offer, registration=registration, ends_as="withdrawn", by_school=by_school, now=now
    )
