"""Lock what a guardian answers about: the offer, the registration, and what was answered before."""

from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.consent.consent import Answer, UnknownConsent
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.registration import LockedRegistration
from shared.database import Connection


class LockedConsent(Struct, frozen=True):
    """A registration under its offer's lock, with its guardian; `answer` is the last."""

    offer: Offer
    registration: LockedRegistration
    guardian_id: UUID
    answer: Answer | None


async def lock_consent(connection: Connection, registration_id: UUID) -> LockedConsent:
    """Raises `UnknownConsent` where no consent is asked."""
    offer, registration = await lock_registration(connection, registration_id)
    if not registration.under_15 or registration.guardian_id is None:
        raise UnknownConsent
    answer = await connection.fetchval(
        "SELECT answer FROM campaigns.consents WHERE registration_id = $1 ORDER BY id DESC LIMIT 1", registration_id
    )
    return LockedConsent(offer, registration, registration.guardian_id, answer)
