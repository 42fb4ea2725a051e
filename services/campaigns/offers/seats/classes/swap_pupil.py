"""Swap one pupil for another of the same class before the deadline: the seat does not go to the queue."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.eligibility import refuse_others
from services.campaigns.offers.hold import consent_deadline, remind_at
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.recognise_pupils import (
    Newcomer,
    Outcome,
    insert_guardians,
    recognise_keys,
    recognise_pupils,
)
from services.campaigns.offers.registration import (
    AlreadyRegistered,
    LockedRegistration,
    PupilElsewhere,
    Registered,
    RegistrationEnded,
    RegistrationRequest,
)
from services.campaigns.offers.seats.classes.read import name_elsewhere
from services.campaigns.offers.seats.classes.school_class import UnknownEnrolment
from services.campaigns.offers.seats.count_kept_seats import count_kept_seats
from services.campaigns.offers.seats.enrolment import Enrolment
from services.campaigns.offers.settle_offer import settle_offer
from services.campaigns.offers.take_times import take_times
from shared.database import Connection
from shared.events import AnyEvent, RegistrationConfirmed, RegistrationHeld, RegistrationWaiting, RegistrationWithdrawn
from shared.outbox import append_events
from shared.refusal import Refusal
from shared.signed_links import Signer


async def swap_pupil(
    connection: Connection,
    *,
    registration_id: UUID,
    coming: RegistrationRequest | UUID,
    enrolment: Enrolment,
    signer: Signer,
    now: datetime,
) -> UUID:
    """The registration of the pupil who comes in, in the state and at the rank of the one who goes; both are told.

    Under 15 without the guardian's consent, a confirmed seat is held for it: consent does not pass to another pupil.

    `coming` is somebody new, or the place of one of the same class who waits in the same queue, enrolled by the same
    organisation: then that place becomes the seat. The same swap with somebody new, sent again, returns the same
    registration. Raises `RegistrationEnded` when there is nothing left to swap, `UnknownEnrolment`,
    `AlreadyRegistered`, `PupilElsewhere`, and `OfferClosed` after the deadline.
    """
    offer, leaving = await lock_registration(connection, registration_id)
    offer.refuse_if_closed(now)
    outcomes: dict[int, Outcome] = {}
    request = None if isinstance(coming, UUID) else coming
    fresh = await recognise_keys(connection, offer, [request], outcomes, {}) if request else []
    match outcomes.get(0):
        case Registered() as done:
            return done.id
        case Refusal() as refusal:
            raise refusal
    if leaving.status not in ("waiting", "held", "confirmed"):
        raise RegistrationEnded
    if leaving.deadline is not None and leaving.deadline <= now:
        raise RegistrationEnded
    if isinstance(coming, UUID):
        successor = await _read_waiting(connection, leaving, coming, enrolment)
    else:
        fresh = refuse_others(offer.rules, fresh, outcomes)
        newcomers, _ = await recognise_pupils(connection, offer, fresh, signer, outcomes, now)
        if isinstance(refused := outcomes.get(0), Refusal):
            raise refused
        successor = await _insert(connection, offer, newcomers[0], enrolment, now)
    successor = _succeed(leaving, successor, offer, now)
    if not await _hand_over(connection, offer, leaving, successor, now):
        raise PupilElsewhere(await _name_elsewhere(connection, successor, enrolment))
    revision = offer.revision + 1
    await settle_offer(connection, offer, waiting=-(request is None), ranks=int(request is not None), revision=revision)
    await count_kept_seats(connection, offer, now=now)
    gone = RegistrationWithdrawn(
        had_seat=leaving.status != "waiting", why="swapped", **leaving.facts(offer, revision=revision, now=now)
    )
    await append_events(connection, [gone, await _welcome(connection, offer, successor, revision, now)])
    return successor.id


def _succeed(
    leaving: LockedRegistration, coming: LockedRegistration, offer: Offer, now: datetime
) -> LockedRegistration:
    """The one who comes in, in the state of the one who goes; a hold for consent is each pupil's own."""
    status, held_for, deadline = leaving.status, leaving.held_for, leaving.deadline
    if held_for == "consent":
        status, held_for, deadline = "confirmed", None, None
    if status == "confirmed" and coming.needs_consent:
        status, held_for, deadline = "held", "consent", consent_deadline(now, offer.first_session_at)
    return structs.replace(coming, status=status, held_for=held_for, deadline=deadline, group_id=leaving.group_id)


async def _read_waiting(
    connection: Connection, leaving: LockedRegistration, registration_id: UUID, enrolment: Enrolment
) -> LockedRegistration:
    """The place in this queue of the pupil who comes in; raises `UnknownEnrolment`, `AlreadyRegistered`."""
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.guardian_id, r.group_id, r.status, r.deadline, r.under_15, r.consented_at
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN campaigns.pupils gone ON gone.id = $3 AND gone.class_name = p.class_name
        WHERE r.id = $1 AND r.offer_id = $2 AND r.status = 'waiting' AND r.enrolled_for = $4
        """,
        registration_id,
        leaving.offer_id,
        leaving.pupil_id,
        enrolment.organisation_id,
    )
    if row is None:
        raise UnknownEnrolment
    if leaving.status == "waiting":
        raise AlreadyRegistered
    return LockedRegistration(**dict(row))


async def _name_elsewhere(connection: Connection, successor: LockedRegistration, enrolment: Enrolment) -> str:
    titles = await name_elsewhere(
        connection,
        offer_id=successor.offer_id,
        pupil_ids=[successor.pupil_id],
        person_id=enrolment.person_id,
        organisation_id=enrolment.organisation_id,
    )
    return titles.get(successor.pupil_id, "")


async def _insert(
    connection: Connection,
    offer: Offer,
    newcomer: Newcomer,
    enrolment: Enrolment,
    now: datetime,
) -> LockedRegistration:
    """The registration of a pupil who is new to the offer, waiting behind everybody until the seat is handed over."""
    request = newcomer.request
    await insert_guardians(connection, [newcomer] if newcomer.brings_guardian else [])
    await connection.execute(
        """
        INSERT INTO campaigns.registrations
            (id, offer_id, pupil_id, guardian_id, status, rank, idempotency_key, body_hash, created_at, changed_at,
             enrolled_by, enrolled_for, without_host, under_15, programme_joined, link_by_mail)
        VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, true)
        """,
        request.id,
        offer.id,
        newcomer.pupil_id,
        newcomer.guardian_id,
        offer.next_rank,
        request.idempotency_key,
        request.body_hash,
        now,
        enrolment.person_id,
        enrolment.organisation_id,
        request.without_host,
        request.under_15,
        offer.programme_version,
    )
    return newcomer.registration(offer)


async def _hand_over(
    connection: Connection, offer: Offer, leaving: LockedRegistration, coming: LockedRegistration, now: datetime
) -> bool:
    """Give the one's times, state and rank to the other, who may be elsewhere: False. No two ranks may be the same."""
    await connection.execute("DELETE FROM campaigns.pupil_times WHERE registration_id = $1", leaving.id)
    if leaving.status != "waiting" and not await take_times(
        connection, offer_id=offer.id, wanted=[(coming.id, coming.pupil_id)]
    ):
        return False
    rank_left, rank_come = [
        await connection.fetchval("SELECT rank FROM campaigns.registrations WHERE id = $1", one.id)
        for one in (leaving, coming)
    ]
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'withdrawn', held_for = NULL, deadline = NULL, changed_at = $2, rank = -rank WHERE id = $1
        """,
        leaving.id,
        now,
    )
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = $2, held_for = $3, deadline = $4, group_id = $5, rank = $6, changed_at = $7, consent_remind_at = $8
        WHERE id = $1
        """,
        coming.id,
        coming.status,
        coming.held_for,
        coming.deadline,
        coming.group_id,
        rank_left,
        now,
        remind_at(now, coming.deadline) if coming.held_for == "consent" and coming.deadline else None,
    )
    await connection.execute("UPDATE campaigns.registrations SET rank = $2 WHERE id = $1", leaving.id, rank_come)
    return True


async def _welcome(
    connection: Connection, offer: Offer, coming: LockedRegistration, revision: int, now: datetime
) -> AnyEvent:
    told = coming.facts(offer, revision=revision, now=now)
    if coming.status == "confirmed":
        return RegistrationConfirmed(how="given", **told)
    if coming.held_for is not None and coming.deadline is not None:
        return RegistrationHeld(
            held_for=coming.held_for, deadline=coming.deadline, consent_needed=coming.needs_consent, **told
        )
    position = await connection.fetchval(
        """
        SELECT count(*) FROM campaigns.registrations
        WHERE offer_id = $1 AND status = 'waiting'
          AND rank <= (SELECT rank FROM campaigns.registrations WHERE id = $2)
        """,
        offer.id,
        coming.id,
    )
    return RegistrationWaiting(position=position, consent_needed=coming.needs_consent, **told)
