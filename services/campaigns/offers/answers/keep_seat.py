"""Keep a seat that a calendar had declined: its entry is sent again, as the calendar may have lost it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import RegistrationEnded
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationKept
from shared.outbox import append_events


async def keep_seat(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless; raises `RegistrationEnded` where the seat has been given back meanwhile.

    The revision rises: a calendar that has declined takes an entry again only where its SEQUENCE is higher.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status != "confirmed":
        raise RegistrationEnded
    undone = await connection.fetchval(
        "DELETE FROM campaigns.leavings WHERE registration_id = $1 RETURNING true", registration_id
    )
    if not undone:
        return
    revision = offer.revision + 1
    await settle_offer(connection, offer, revision=revision)
    await append_events(connection, [RegistrationKept(**registration.facts(offer, revision=revision, now=now))])
