"""Withdraw consent: the guardian takes back what was given, and the registration ends."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.consent.consent import TEXT_VERSION, NothingToConsent, refuse_ended
from services.campaigns.offers.consent.lock_consent import lock_consent
from services.campaigns.offers.consent.note_answer import note_answer
from services.campaigns.offers.free_seat import free_seat
from shared.database import Connection
from shared.languages import later


async def withdraw_consent(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless. Raises `UnknownConsent`, `ConsentTooLate`, and `NothingToConsent` where none was
    given, or all is over.
    """
    consent = await lock_consent(connection, registration_id)
    if consent.registration.status == "withdrawn" and consent.answer == "withdrawn":
        return
    refuse_ended(consent.registration.status, consent.answer)
    if consent.registration.needs_consent:
        raise NothingToConsent(later("Vous n’avez pas donné d’accord : il n’y a rien à retirer."))
    if consent.offer.status == "over":
        raise NothingToConsent(later("Cette offre a eu lieu : il n’y a plus d’inscription à retirer."))
    # the end first: a confirmed seat without consent cannot be written
    await free_seat(
        connection,
        offer=consent.offer,
        registration=consent.registration,
        ends_as="withdrawn",
        by_guardian=True,
        now=now,
    )
    await note_answer(
        connection,
        registration_id=registration_id,
        guardian_id=consent.guardian_id,
        answer="withdrawn",
        text_version=TEXT_VERSION,
        now=now,
    )
