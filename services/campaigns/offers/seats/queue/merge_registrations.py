"""Merge two registrations of the same pupil into one: the better place stays, the other is given back."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from msgspec import structs

from services.campaigns.offers.consent.carry_consent import carry_consent
from services.campaigns.offers.consent.hold_for_consent import hold_for_consent
from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import LockedRegistration
from services.campaigns.offers.seats.queue.by_hand import NotOneOffer
from shared.database import Connection
from shared.outbox import append_events

BETTER = {"confirmed": 0, "held": 1, "waiting": 2}


async def merge_registrations(connection: Connection, *, one_id: UUID, other_id: UUID, now: datetime) -> UUID:
    """The registration that stays: confirmed before offered before waiting, then by rank.

    The next in the queue has the other's seat; its guardian is kept where the one names none, and that the pupil is
    under 15 wherever it was said: a seat without the guardian's consent is then held for it. Raises `NotOneOffer`.
    """
    offer, _ = await lock_registration(connection, one_id)
    rows = await connection.fetch(
        """
        SELECT id, offer_id, pupil_id, guardian_id, group_id, status, deadline, held_for, under_15, consented_at, rank
        FROM campaigns.registrations
        WHERE id = ANY($1::uuid[]) AND offer_id = $2 AND status IN ('waiting', 'held', 'confirmed')
        """,
        [one_id, other_id],
        offer.id,
    )
    if len(rows) != 2:
        raise NotOneOffer
    stays, goes = sorted(rows, key=_standing)
    await free_seat(connection, offer=offer, registration=_locked(goes), ends_as="withdrawn", now=now, why="merged")
    kept = structs.replace(
        _locked(stays),
        guardian_id=stays["guardian_id"] or goes["guardian_id"],
        under_15=stays["under_15"] or goes["under_15"],
        consented_at=stays["consented_at"] or goes["consented_at"],
    )
    if stays["consented_at"] is None:
        await carry_consent(connection, from_id=goes["id"], to_id=kept.id)
    if kept.status == "confirmed" and kept.needs_consent:
        fact = await hold_for_consent(connection, offer=offer, registration=kept, revision=offer.revision + 1, now=now)
        await append_events(connection, [fact])
    await connection.execute(
        "UPDATE campaigns.registrations SET guardian_id = $2, under_15 = $3 WHERE id = $1",
        kept.id,
        kept.guardian_id,
        kept.under_15,
    )
    return kept.id


def _standing(row: Record) -> tuple[int, int]:
    return BETTER[row["status"]], row["rank"]


def _locked(row: Record) -> LockedRegistration:
    return LockedRegistration(**{name: value for name, value in row.items() if name != "rank"})
