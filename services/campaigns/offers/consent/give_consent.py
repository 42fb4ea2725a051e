"""Give consent: the guardian says yes, and the seat that was held for it is confirmed."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.consent.consent import TEXT_VERSION, ConsentTextChanged, ConsentTooLate, refuse_ended
from services.campaigns.offers.consent.lock_consent import lock_consent
from services.campaigns.offers.consent.note_answer import note_answer
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationConfirmed
from shared.outbox import append_events


async def give_consent(connection: Connection, *, registration_id: UUID, text_version: int, now: datetime) -> None:
    """Doing it twice is harmless. Given while the pupil waits or has not accepted yet, it counts when a seat comes.

    Raises `UnknownConsent`, `ConsentTextChanged`, `ConsentTooLate` after the deadline, `NothingToConsent` after an end.
    """
    consent = await lock_consent(connection, registration_id)
    offer, registration = consent.offer, consent.registration
    refuse_ended(registration.status, consent.answer)
    if not registration.needs_consent:
        return
    if text_version != TEXT_VERSION:
        raise ConsentTextChanged
    if registration.deadline is not None and registration.deadline <= now:
        raise ConsentTooLate(registration.deadline)
    await note_answer(
        connection,
        registration_id=registration_id,
        guardian_id=consent.guardian_id,
        answer="given",
        text_version=text_version,
        now=now,
    )
    if registration.held_for != "consent":
        return
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'confirmed', held_for = NULL, deadline = NULL, changed_at = $2
        WHERE id = $1
        """,
        registration_id,
        now,
    )
    revision = offer.revision + 1
    await settle_offer(connection, offer, revision=revision)
    await append_events(
        connection,
        [
            RegistrationConfirmed(
                how="registered", consented=True, **registration.facts(offer, revision=revision, now=now)
            )
        ],
    )
