"""Note a complaint: nothing that is not essential goes to the person any more. What is essential still does."""

from uuid import UUID

from services.notifications.inbound.complaint import NO_COMPLAINT
from services.notifications.message import OPTIONAL
from shared.database import Pool, transaction


async def note_complaint(pool: Pool, *, answer_id: UUID, delivery_id: UUID, kind: str) -> str:
    """What it came to; the same again changes nothing. Whoever reads the address may ask for it again on their page.

    A seat offered, a day cancelled are not ended by it: a press beside the right button must not cost the seat.
    """
    if kind in NO_COMPLAINT:
        return "noted"
    async with transaction(pool) as connection:
        await connection.execute(
            """
            INSERT INTO contract.unwanted (person_id, message, since)
            SELECT p.id, optional.message, a.received_at
            FROM notifications.deliveries d
            JOIN contract.people p ON p.id = d.recipient_id OR lower(p.email) = lower(d.recipient_address)
            CROSS JOIN unnest($3::text[]) AS optional (message)
            JOIN notifications.answers a ON a.id = $2
            WHERE d.id = $1
            ON CONFLICT DO NOTHING
            """,
            delivery_id,
            answer_id,
            sorted(OPTIONAL),
        )
    return "unsubscribed"
