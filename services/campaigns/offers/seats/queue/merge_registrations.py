"""Merge two registrations of the same pupil into one: the better place stays, the other is given back."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.campaigns.offers.free_seat import free_seat
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import LockedRegistration
from services.campaigns.offers.seats.queue.by_hand import NotOneOffer
from shared.database import Connection

BETTER = {"confirmed": 0, "held": 1, "waiting": 2}


async def merge_registrations(connection: Connection, *, one_id: UUID, other_id: UUID, now: datetime) -> UUID:
    """The registration that stays: confirmed before offered before waiting, then by rank.

    The next in the queue has the other's seat; its guardian is kept where the one names none. Raises `NotOneOffer`.
    """
    offer, _ = await lock_registration(connection, one_id)
    rows = await connection.fetch(
        """
        SELECT id, offer_id, pupil_id, guardian_id, group_id, status, deadline, rank FROM campaigns.registrations
        WHERE id = ANY($1::uuid[]) AND offer_id = $2 AND status IN ('waiting', 'held', 'confirmed')
        """,
        [one_id, other_id],
        offer.id,
    )
    if len(rows) != 2:
        raise NotOneOffer
    stays, goes = sorted(rows, key=_standing)
    await free_seat(connection, offer=offer, registration=_locked(goes), ends_as="withdrawn", now=now, why="merged")
    await connection.execute(
        "UPDATE campaigns.registrations SET guardian_id = coalesce(guardian_id, $2) WHERE id = $1",
        stays["id"],
        goes["guardian_id"],
    )
    kept: UUID = stays["id"]
    return kept


def _standing(row: Record) -> tuple[int, int]:
    return BETTER[row["status"]], row["rank"]


def _locked(row: Record) -> LockedRegistration:
    return LockedRegistration(**{name: value for name, value in row.items() if name != "rank"})
