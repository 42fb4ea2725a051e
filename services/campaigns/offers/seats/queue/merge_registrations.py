"""Merge two registrations of the same pupil into one: the better place stays, the other is given back."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from msgspec import structs

from services.campaigns.offers.consent.carry_consent import carry_consent
from services.campaigns.offers.consent.hold_for_consent import hold_for_consent
from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.registration import LockedRegistration
from services.campaigns.offers.seats.queue.by_hand import NotOneOffer
from shared.database import Connection
from shared.events import RegistrationConfirmed, RegistrationHeld
from shared.outbox import append_events

OF_THE_ROW = ("rank", "guardian_email")
BETTER = {"confirmed": 0, "held": 1, "waiting": 2}


async def merge_registrations(connection: Connection, *, one_id: UUID, other_id: UUID, now: datetime) -> UUID:
    """The registration that stays: confirmed before offered before waiting, then by rank.

    The next in the queue has the other's seat; its guardian is kept where the one names none, and that the pupil is
    under 15 wherever it was said. Consent is its guardian's own: it counts on where the same address is the guardian of
    the one that stays, else that guardian is asked, and a seat is held meanwhile. Raises `NotOneOffer`.
    """
    offer, _ = await lock_registration(connection, one_id)
    rows = await connection.fetch(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.guardian_id, r.group_id, r.status, r.deadline, r.held_for, r.under_15,
               r.consented_at, r.rank, lower(guardian.email) AS guardian_email
        FROM campaigns.registrations r LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        WHERE r.id = ANY($1::uuid[]) AND r.offer_id = $2 AND r.status IN ('waiting', 'held', 'confirmed')
        """,
        [one_id, other_id],
        offer.id,
    )
    if len(rows) != 2:
        raise NotOneOffer
    stays, goes = sorted(rows, key=_standing)
    await free_seat(connection, offer=offer, registration=_locked(goes), ends_as="withdrawn", now=now, why="merged")
    carried = stays["consented_at"] is None and goes["consented_at"] is not None and _one_guardian(stays, goes)
    kept = structs.replace(
        _locked(stays),
        guardian_id=stays["guardian_id"] or goes["guardian_id"],
        under_15=stays["under_15"] or goes["under_15"],
        consented_at=goes["consented_at"] if carried else stays["consented_at"],
    )
    if carried:
        await carry_consent(connection, from_id=goes["id"], to_id=kept.id)
    fact: RegistrationHeld | RegistrationConfirmed | None = None
    if kept.status == "confirmed" and kept.needs_consent:
        fact = await hold_for_consent(connection, offer=offer, registration=kept, revision=offer.revision + 1, now=now)
    elif kept.held_for == "consent" and not kept.needs_consent:
        fact = await _confirm(connection, offer, kept, now)
    await append_events(connection, [fact] if fact else [])
    await connection.execute(
        "UPDATE campaigns.registrations SET guardian_id = $2, under_15 = $3 WHERE id = $1",
        kept.id,
        kept.guardian_id,
        kept.under_15,
    )
    return kept.id


def _one_guardian(stays: Record, goes: Record) -> bool:
    """Whether who consented to the one is who would be asked for the other: the same address, or the only one named."""
    return stays["guardian_id"] is None or stays["guardian_email"] == goes["guardian_email"] is not None


async def _confirm(
    connection: Connection, offer: Offer, registration: LockedRegistration, now: datetime
) -> RegistrationConfirmed:
    """The seat that waited for the consent which was carried over; the free seats are counted already."""
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'confirmed', held_for = NULL, deadline = NULL, consent_remind_at = NULL, changed_at = $2
        WHERE id = $1
        """,
        registration.id,
        now,
    )
    told = registration.facts(offer, revision=offer.revision + 1, now=now)
    return RegistrationConfirmed(how="registered", consented=True, **told)


def _standing(row: Record) -> tuple[int, int]:
    return BETTER[row["status"]], row["rank"]


def _locked(row: Record) -> LockedRegistration:
    return LockedRegistration(**{name: value for name, value in row.items() if name not in OF_THE_ROW})
