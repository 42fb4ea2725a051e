"""Hold a seat for the guardian's consent: one step of every verb that would confirm a seat of a pupil under 15."""

from datetime import datetime

from services.campaigns.offers.hold import consent_deadline, remind_at
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.registration import LockedRegistration
from shared.database import Connection
from shared.events import RegistrationHeld


async def hold_for_consent(
    connection: Connection, *, offer: Offer, registration: LockedRegistration, revision: int, now: datetime
) -> RegistrationHeld:
    """Hold the seat of a locked registration, which has it or is being given it; returns the fact.

    The caller settles the counters: a held seat is a taken one.
    """
    deadline = consent_deadline(now, offer.first_session_at)
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'held', held_for = 'consent', deadline = $2, consent_remind_at = $3, group_id = $4, changed_at = $5
        WHERE id = $1
        """,
        registration.id,
        deadline,
        remind_at(now, deadline),
        registration.group_id,
        now,
    )
    return RegistrationHeld(
        held_for="consent",
        deadline=deadline,
        consent_needed=True,
        **registration.facts(offer, revision=revision, now=now),
    )
