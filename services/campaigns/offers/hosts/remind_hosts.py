"""Remind hosts who have not answered, once, two days before they should have. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import REMINDER_BEFORE
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.notices import HostReminded
from shared.outbox import append_events

# where the time to answer is short, not before half of it is over
DUE = """
    q.status = 'awaited' AND q.reminded_at IS NULL AND q.answer_by > $1
    AND greatest(q.answer_by - $2::interval, q.asked_at + (q.answer_by - q.asked_at) / 2) <= $1
"""


async def find_hosts_to_remind(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a request that a reminder is due for, the first deadline first."""
    rows = await connection.fetch(
        f"""
        SELECT s.offer_id FROM campaigns.host_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE {DUE} AND s.status = 'planned'
        GROUP BY s.offer_id ORDER BY min(q.answer_by) LIMIT 100
        """,  # noqa: S608  # the condition is a constant of this module
        now,
        REMINDER_BEFORE,
    )
    return [row["offer_id"] for row in rows]


async def remind_hosts(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Remind the hosts of one offer; returns how many (0: another process was first)."""
    await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        f"""
        UPDATE campaigns.host_requests q SET reminded_at = $1
        FROM campaigns.sessions s, campaigns.organisations host
        WHERE s.id = q.session_id AND host.id = q.organisation_id AND s.offer_id = $3 AND s.status = 'planned'
          AND {DUE}
        RETURNING q.id, q.session_id, q.person_id, q.token_version, q.answer_by, host.name
        """,  # noqa: S608  # the condition is a constant of this module
        now,
        REMINDER_BEFORE,
        offer_id,
    )
    appointments = await read_appointments(connection, [row["session_id"] for row in rows])
    spaces = await read_space_versions(connection, {row["person_id"] for row in rows})
    await append_events(
        connection,
        [
            HostReminded(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=offer_id,
                request_id=row["id"],
                token_version=row["token_version"],
                space_version=spaces[row["person_id"]],
                host=row["name"],
                appointment=appointments[row["session_id"]],
                answer_by=row["answer_by"],
            )
            for row in sorted(rows, key=lambda row: row["id"])
        ],
    )
    return len(rows)
