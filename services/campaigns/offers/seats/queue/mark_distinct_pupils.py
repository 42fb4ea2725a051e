"""Mark two registrations that look like one pupil's as two pupils', so that nobody is asked again."""

from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.seats.queue.by_hand import NotOneOffer
from shared.database import Connection


async def mark_distinct_pupils(connection: Connection, *, one_id: UUID, other_id: UUID) -> None:
    """Doing it twice is harmless; raises `NotOneOffer`."""
    offer, _ = await lock_registration(connection, one_id)
    other_offer = await connection.fetchval("SELECT offer_id FROM campaigns.registrations WHERE id = $1", other_id)
    if other_offer != offer.id or one_id == other_id:
        raise NotOneOffer
    await connection.execute(
        "INSERT INTO campaigns.distinct_pupils (registration_id, other_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        min(one_id, other_id),
        max(one_id, other_id),
    )
