"""Remind speakers who have not answered, once, two days before they should have. Called by the clock."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import REMINDER_BEFORE
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.remind_hosts import DUE
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.notices import SpeakerReminded
from shared.outbox import append_events


async def find_speakers_to_remind(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with an invitation that a reminder is due for, the first deadline first."""
    rows = await connection.fetch(
        f"""
        SELECT s.offer_id FROM campaigns.speaker_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE {DUE} AND s.status = 'planned'
        GROUP BY s.offer_id ORDER BY min(q.answer_by) LIMIT 100
        """,  # noqa: S608  # the condition is a constant of the hosts' reminder
        now,
        REMINDER_BEFORE,
    )
    return [row["offer_id"] for row in rows]


async def remind_speakers(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Remind the speakers of one offer; returns how many (0: another process was first)."""
    await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        f"""
        UPDATE campaigns.speaker_requests q SET reminded_at = $1
        FROM campaigns.sessions s, campaigns.speakers speaker
        WHERE s.id = q.session_id AND speaker.id = q.speaker_id AND speaker.person_id IS NOT NULL
          AND s.offer_id = $3 AND s.status = 'planned' AND {DUE}
        RETURNING q.id, q.session_id, q.token_version, q.answer_by, speaker.name, speaker.person_id
        """,  # noqa: S608  # the condition is a constant of the hosts' reminder
        now,
        REMINDER_BEFORE,
        offer_id,
    )
    appointments = await read_appointments(connection, [row["session_id"] for row in rows])
    await append_events(
        connection,
        [
            SpeakerReminded(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=offer_id,
                request_id=row["id"],
                token_version=row["token_version"],
                speaker=row["name"],
                appointment=appointments[row["session_id"]],
                answer_by=row["answer_by"],
            )
            for row in sorted(rows, key=lambda row: row["id"])
        ],
    )
    return len(rows)
