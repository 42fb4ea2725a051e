"""Note a calendar's answer that changes nothing: its owner is sent what their calendar should show."""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from shared.database import Connection
from shared.events import RegistrationAnswerNoted
from shared.outbox import append_events


async def note_answer(
    connection: Connection,
    *,
    registration_id: UUID,
    why: Literal["outdated", "refresh", "counter"],
    sequence: int,
    day: Date | None,
    now: datetime,
) -> bool:
    """Whether anything is sent: who has no seat, or none any more, has nothing in the calendar.

    `sequence` and `day` are of the answer. Raises `UnknownRegistration`.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if not registration.has_entry:
        return False
    facts = registration.facts(offer, revision=offer.revision, now=now)
    await append_events(connection, [RegistrationAnswerNoted(why=why, sequence=sequence, day=day, **facts)])
    return True
