"""Skip a turn by hand: the seat that is offered to one goes to the next; the one keeps the place in the queue."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.consent.carry_consent import carry_consent
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.seats.queue.by_hand import NobodyBehind, NotWaiting
from services.campaigns.offers.seats.queue.move_in_queue import move_in_queue
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationExpired, RegistrationWaiting
from shared.identifiers import new_id
from shared.outbox import append_events


async def skip_turn(connection: Connection, *, registration_id: UUID, now: datetime) -> UUID:
    """Of who waits, the next in the queue goes first. Of who is offered a seat, the offer ends and the next has it.

    A seat that was offered had a calendar entry, which must go: that registration expires, and the pupil waits on in a
    new one with the old rank, which takes the guardian's consent along; its id is returned. Raises `NotWaiting`,
    `NobodyBehind`.
    """
    offer, registration = await lock_registration(connection, registration_id)
    if registration.status == "waiting":
        position = await _position(connection, offer.id, registration_id)
        if position >= offer.waiting:
            raise NobodyBehind
        await move_in_queue(connection, registration_id=registration_id, position=position + 1, now=now)
        return registration_id
    if registration.status != "held":
        raise NotWaiting
    rank = await connection.fetchval("SELECT rank FROM campaigns.registrations WHERE id = $1", registration_id)
    await connection.execute("DELETE FROM campaigns.pupil_times WHERE registration_id = $1", registration_id)
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'expired', held_for = NULL, deadline = NULL, changed_at = $2, rank = $3 WHERE id = $1
        """,
        registration_id,
        now,
        offer.next_rank,
    )
    revision = offer.revision + 1
    # before the pupil waits again: who is first in the queue would be offered the same seat
    promoted = await promote_waiting(connection, offer=offer, free=offer.free + 1, revision=revision, now=now)
    if not promoted:
        raise NobodyBehind
    again = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.registrations
            (id, offer_id, pupil_id, guardian_id, status, rank, idempotency_key, body_hash, created_at, changed_at,
             enrolled_by, enrolled_for, without_host, under_15, consented_at, programme_joined, link_by_mail)
        SELECT $2, offer_id, pupil_id, guardian_id, 'waiting', $3, $4, body_hash, $5, $5, enrolled_by, enrolled_for,
               without_host, under_15, consented_at, programme_joined, link_by_mail
        FROM campaigns.registrations WHERE id = $1
        """,
        registration_id,
        again,
        rank,
        str(again),
        now,
    )
    await carry_consent(connection, from_id=registration_id, to_id=again)
    await connection.execute(
        "UPDATE campaigns.referent_teachers SET registration_id = $2 WHERE registration_id = $1", registration_id, again
    )
    await settle_offer(
        connection, offer, taken=len(promoted) - 1, waiting=1 - len(promoted), ranks=1, revision=revision
    )
    told = registration.facts(offer, revision=revision, now=now)
    position = await _position(connection, offer.id, again)
    await append_events(
        connection,
        [
            RegistrationExpired(**told),
            RegistrationWaiting(
                position=position,
                consent_needed=registration.needs_consent,
                **{**told, "registration_id": again, "group_id": None},
            ),
            *promoted,
        ],
    )
    return again


async def _position(connection: Connection, offer_id: UUID, registration_id: UUID) -> int:
    """From 1: the first of those who wait."""
    position: int = await connection.fetchval(
        """
        SELECT count(*) FROM campaigns.registrations
        WHERE offer_id = $1 AND status = 'waiting'
          AND rank <= (SELECT rank FROM campaigns.registrations WHERE id = $2)
        """,
        offer_id,
        registration_id,
    )
    return position
