"""Withdraw who waits while a seat was confirmed elsewhere at the same times. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationWithdrawn
from shared.outbox import append_events

# Who joined this queue after the other seat was confirmed did so knowing it, and stays.
OVERLAPPING = """
    SELECT r.id, r.offer_id, r.pupil_id, r.guardian_id, r.group_id, elsewhere.title AS elsewhere
    FROM campaigns.registrations r
    JOIN campaigns.offers o ON o.id = r.offer_id
    JOIN campaigns.pupil_times t ON t.pupil_id = r.pupil_id AND t.offer_id <> r.offer_id AND t.busy && o.busy
    JOIN campaigns.registrations seat
        ON seat.id = t.registration_id AND seat.status = 'confirmed' AND seat.changed_at >= r.created_at
    JOIN campaigns.offers elsewhere ON elsewhere.id = t.offer_id
    WHERE r.status = 'waiting'
"""


async def find_overlapping(connection: Connection) -> list[UUID]:
    """The offers in whose queue somebody waits who has had a seat confirmed elsewhere since."""
    rows = await connection.fetch(
        f"SELECT DISTINCT offer_id FROM ({OVERLAPPING}) waiting ORDER BY offer_id LIMIT 100"  # noqa: S608  # a constant
    )
    return [row["offer_id"] for row in rows]


async def withdraw_overlapping(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """End those places in one offer's queue, and tell whose they were; returns how many."""
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(f"{OVERLAPPING} AND r.offer_id = $1 ORDER BY r.rank", offer_id)
    ended = {row["id"]: row for row in rows}
    if not ended:
        return 0
    await connection.execute(
        "UPDATE campaigns.registrations SET status = 'withdrawn', changed_at = $2 WHERE id = ANY($1::uuid[])",
        list(ended),
        now,
    )
    revision = offer.revision + 1
    await settle_offer(connection, offer, waiting=-len(ended), revision=revision)
    await append_events(
        connection,
        [
            RegistrationWithdrawn(
                occurred_at=now,
                offer_id=offer_id,
                revision=revision,
                programme=offer.programme_version,
                registration_id=row["id"],
                pupil_id=row["pupil_id"],
                guardian_id=row["guardian_id"],
                group_id=row["group_id"],
                had_seat=False,
                why="elsewhere",
                elsewhere=row["elsewhere"],
            )
            for row in ended.values()
        ],
    )
    return len(ended)
