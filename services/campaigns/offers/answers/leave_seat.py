"""Leave a confirmed seat by a calendar's answer: it is kept a while, for who deleted an entry by mistake."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.answers.calendar_answer import KEPT_FOR
from services.campaigns.offers.lock_offer import lock_registration
from shared.database import Connection
from shared.events import RegistrationDeclined
from shared.outbox import append_events


async def leave_seat(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Pupil and guardian are told until when it can be undone. Doing it twice is harmless: the first time counts."""
    offer, registration = await lock_registration(connection, registration_id)
    deadline = await connection.fetchval(
        """
        INSERT INTO campaigns.leavings (registration_id, declined_at, due_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING due_at
        """,
        registration_id,
        now,
        now + KEPT_FOR,
    )
    if deadline is None:
        return
    # the seat is as it was: nothing in the calendar has changed yet
    fact = RegistrationDeclined(deadline=deadline, **registration.facts(offer, revision=offer.revision, now=now))
    await append_events(connection, [fact])
