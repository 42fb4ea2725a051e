"""Refuse consent: the registration ends, and the seat goes on to the next in the queue."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.consent.consent import TEXT_VERSION, ConsentAlreadyGiven, refuse_ended
from services.campaigns.offers.consent.lock_consent import lock_consent
from services.campaigns.offers.consent.note_answer import note_answer
from services.campaigns.offers.free_seat import free_seat
from shared.database import Connection


async def refuse_consent(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless. Raises `UnknownConsent`, `ConsentAlreadyGiven`, `ConsentTooLate`, `NothingToConsent`.

    A deadline that has passed a moment ago is no reason to ask the guardian to wait: no is no.
    """
    consent = await lock_consent(connection, registration_id)
    if consent.registration.status == "refused" and consent.answer == "refused":
        return
    refuse_ended(consent.registration.status, consent.answer)
    if not consent.registration.needs_consent:
        raise ConsentAlreadyGiven
    await note_answer(
        connection,
        registration_id=registration_id,
        guardian_id=consent.guardian_id,
        answer="refused",
        text_version=TEXT_VERSION,
        now=now,
    )
    await free_seat(
        connection,
        offer=consent.offer,
        registration=consent.registration,
        ends_as="refused",
        by_guardian=True,
        now=now,
    )
