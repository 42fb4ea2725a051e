"""Accept a held seat: it is confirmed, or held on for the guardian's consent where the pupil is under 15."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.offers.consent.hold_for_consent import hold_for_consent
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import SeatNoLongerHeld
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationConfirmed, RegistrationHeld
from shared.french_dates import say_moment
from shared.languages import later
from shared.outbox import append_events


async def accept_seat(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
    """Doing it twice is harmless. A seat held for proof of the address is accepted by who opened the mail; one held
    for consent stays so: the guardian answers on a page of their own.

    Raises `SeatNoLongerHeld` when the deadline has passed or nothing is held."""
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status == "confirmed":
        return
    if registration.status == "expired" or (registration.deadline is not None and registration.deadline <= now):
        deadline = registration.deadline
        raise SeatNoLongerHeld(
            later(
                "Cette place n’est plus retenue : il fallait répondre avant {moment}.",
                moment=lambda: say_moment(deadline),
            )
            if deadline
            else later("Cette place n’est plus retenue.")
        )
    if registration.status != "held":
        raise SeatNoLongerHeld(later("Aucune place n’est proposée en ce moment : il n’y a rien à accepter."))
    if registration.held_for == "consent":
        return
    revision = offer.revision + 1
    fact: RegistrationHeld | RegistrationConfirmed
    if registration.needs_consent:
        fact = await hold_for_consent(connection, offer=offer, registration=registration, revision=revision, now=now)
    else:
        await connection.execute(
            """
            UPDATE campaigns.registrations
            SET status = 'confirmed', held_for = NULL, deadline = NULL, changed_at = $2
            WHERE id = $1
            """,
            registration_id,
            now,
        )
        how: Literal["registered", "accepted"] = "registered" if registration.held_for == "address" else "accepted"
        fact = RegistrationConfirmed(how=how, **registration.facts(offer, revision=revision, now=now))
    await settle_offer(connection, offer, revision=revision)
    await append_events(connection, [fact])
