"""Give a seat by hand to somebody who waits: offered until a deadline as any other, or confirmed at once."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.consent.hold_for_consent import hold_for_consent
from services.campaigns.offers.hold import promotion_deadline
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.offer import Offer, OfferClosed, least_filled_groups
from services.campaigns.offers.read import count_groups
from services.campaigns.offers.registration import LockedRegistration, PupilElsewhere
from services.campaigns.offers.seats.classes.read import name_elsewhere
from services.campaigns.offers.seats.count_kept_seats import count_kept_seats
from services.campaigns.offers.seats.queue.by_hand import NoFreeSeat, NotWaiting
from services.campaigns.offers.settle_offer import settle_offer
from services.campaigns.offers.take_times import take_times
from shared.database import Connection
from shared.events import RegistrationConfirmed, RegistrationHeld
from shared.languages import later
from shared.outbox import append_events


async def give_seat(
    connection: Connection, *, registration_id: UUID, how: Literal["offered", "confirmed"], now: datetime
) -> None:
    """The pupil overtakes who waits before; a seat kept for others may be given too, it is the planner's word. What it
    is no word for is the guardian's consent: under 15 the seat is held for that.

    Doing it twice is harmless. Raises `NotWaiting`, `NoFreeSeat`, `OfferClosed` when the offer is no more,
    `PupilElsewhere` with the name of the other offer where the same organisation plans it.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status == ("confirmed" if how == "confirmed" else "held") or registration.held_for == "consent":
        return
    if registration.status != "waiting":
        raise NotWaiting
    if offer.status not in ("published", "closed") or offer.first_session_at is None:
        raise OfferClosed(later("Cette offre ne donne plus de place."))
    if offer.free <= 0:
        raise NoFreeSeat
    pair = (registration.id, registration.pupil_id)
    if not await take_times(connection, offer_id=offer.id, wanted=[pair]):
        titles = await name_elsewhere(
            connection,
            offer_id=offer.id,
            pupil_ids=[registration.pupil_id],
            person_id=None,
            organisation_id=offer.organisation_id,
        )
        raise PupilElsewhere(titles.get(registration.pupil_id, ""))
    (group_id,) = least_filled_groups(offer.group_ids, await count_groups(connection, offer), 1)
    given = structs.replace(registration, group_id=group_id)
    revision = offer.revision + 1
    if how == "confirmed" and registration.needs_consent:
        fact: RegistrationHeld | RegistrationConfirmed = await hold_for_consent(
            connection, offer=offer, registration=given, revision=revision, now=now
        )
    else:
        fact = await _give(connection, offer, given, how, revision, now)
    await settle_offer(connection, offer, taken=1, waiting=-1, revision=revision)
    await count_kept_seats(connection, offer, now=now)
    await append_events(connection, [fact])


async def _give(
    connection: Connection,
    offer: Offer,
    given: LockedRegistration,
    how: Literal["offered", "confirmed"],
    revision: int,
    now: datetime,
) -> RegistrationHeld | RegistrationConfirmed:
    deadline = promotion_deadline(now, offer.first_session_at) if how == "offered" else None
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = $2, held_for = $3, deadline = $4, group_id = $5, changed_at = $6 WHERE id = $1
        """,
        given.id,
        "held" if deadline else "confirmed",
        "promotion" if deadline else None,
        deadline,
        given.group_id,
        now,
    )
    told = given.facts(offer, revision=revision, now=now)
    if deadline is None:
        return RegistrationConfirmed(how="given", **told)
    return RegistrationHeld(held_for="promotion", deadline=deadline, consent_needed=given.needs_consent, **told)
