"""Send again: what a registration's owner should have, the invitation as it is now or the personal link, once more."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import UnknownRegistration
from shared.database import Connection
from shared.events import RegistrationAnswerNoted, RegistrationLinkRequested
from shared.languages import later
from shared.outbox import append_events
from shared.refusal import Refusal

# who presses twice, or two planners at once, send one
NOT_BEFORE = timedelta(minutes=10)
TAGS = [str(event.__struct_config__.tag) for event in (RegistrationAnswerNoted, RegistrationLinkRequested)]


class SentJustNow(Refusal):
    """The same was sent a few minutes ago."""

    reason: ClassVar[str] = "sent-just-now"

    def __init__(self) -> None:
        super().__init__(later("Ce message vient d’être renvoyé. Laissez-lui dix minutes avant d’essayer encore."))


class NothingToSend(Refusal):
    """The registration has ended: there is nothing in the calendar any more."""

    reason: ClassVar[str] = "nothing-to-send"

    def __init__(self) -> None:
        super().__init__(later("Cette inscription a pris fin : il n’y a plus rien à renvoyer."))


async def send_again(connection: Connection, *, offer_id: UUID, registration_id: UUID, now: datetime) -> UUID:
    """The pupil who is sent it. The invitation keeps its UID, so a calendar that has it changes nothing; who only waits
    gets the personal link.

    Raises `UnknownRegistration`, `NothingToSend`, `SentJustNow`.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if offer.id != offer_id:
        raise UnknownRegistration
    if not registration.has_entry and registration.status not in ("waiting", "held"):
        raise NothingToSend
    lately = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM contract.events
                       WHERE offer_id = $1 AND tag = ANY($2::text[]) AND occurred_at > $3
                         AND body ->> 'registration_id' = $4)
        """,
        offer.id,
        TAGS,
        now - NOT_BEFORE,
        str(registration_id),
    )
    if lately:
        raise SentJustNow
    facts = registration.facts(offer, revision=offer.revision, now=now)
    await append_events(
        connection,
        [
            RegistrationAnswerNoted(why="refresh", **facts)
            if registration.has_entry
            else RegistrationLinkRequested(**facts)
        ],
    )
    return registration.pupil_id
