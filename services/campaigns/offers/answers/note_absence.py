"""Note an absence on one day, said beforehand by a calendar: the seat stays, who expects the pupil is told."""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.lock_offer import lock_registration
from shared.answer_notices import AbsenceForeseen
from shared.database import Connection
from shared.outbox import append_events

# the sessions of one day, as the invitation numbers it, that a pupil would have come to
_SESSIONS = """
    SELECT s.id, d.date
    FROM campaigns.registrations r
    JOIN campaigns.days d ON d.offer_id = r.offer_id AND d.instance_on = $2
    JOIN campaigns.sessions s ON s.day_id = d.id AND s.status = 'planned' AND s.ends_at > $3
         AND (s.group_id IS NULL OR r.group_id IS NULL OR r.group_id = s.group_id)
    WHERE r.id = $1
    ORDER BY s.starts_at, s.id
"""


class Told(Struct, frozen=True):
    """Who is told of a pupil's absence from which session, and whether they may read the name."""

    session_id: UUID
    recipients: tuple[UUID, ...]
    named: bool


async def note_absence(connection: Connection, *, registration_id: UUID, day: Date, now: datetime) -> bool:
    """Whether there is such a day, and anything left of it. Doing it twice is harmless: it is told once.

    Guardian, teachers and the hosts of that day are told, each of their own part of it. What somebody has noted of a
    session by eye stays as it is.
    """
    await lock_registration(connection, registration_id)
    sessions = await connection.fetch(_SESSIONS, registration_id, day, now)
    if not sessions:
        return False
    told = await _tell_whom(connection, registration_id, sessions)
    announced = await connection.fetchval(
        """
        WITH marked AS (
            INSERT INTO campaigns.attendance (session_id, registration_id, state, noted_by, noted_at)
            SELECT id, $1, 'absent', NULL, $3 FROM unnest($2::uuid[]) AS session (id)
            ON CONFLICT (session_id, registration_id) DO NOTHING
        )
        INSERT INTO campaigns.announced_absences AS known (registration_id, day, announced_at, session_id, recipients)
        VALUES ($1, $4, $3, $5, $6)
        ON CONFLICT (registration_id, day) DO UPDATE
            SET announced_at = excluded.announced_at, session_id = excluded.session_id,
                recipients = excluded.recipients, lifted_at = NULL
            WHERE known.lifted_at IS NOT NULL
        RETURNING true
        """,
        registration_id,
        [row["id"] for row in sessions],
        now,
        sessions[0]["date"],
        sessions[0]["id"],
        [person_id for each in told for person_id in each.recipients],
    )
    if announced:
        await _tell(connection, registration_id, told, now=now)
    return True


async def take_back_absence(connection: Connection, *, registration_id: UUID, day: Date, now: datetime) -> bool:
    """The pupil comes after all: whoever was told of the absence is told so. Whether there is such a day."""
    await lock_registration(connection, registration_id)
    sessions = await connection.fetch(_SESSIONS, registration_id, day, now)
    if not sessions:
        return False
    lifted = await connection.fetchval(
        """
        WITH unmarked AS (
            DELETE FROM campaigns.attendance
            WHERE registration_id = $1 AND session_id = ANY($2::uuid[]) AND state = 'absent' AND noted_by IS NULL
        )
        UPDATE campaigns.announced_absences SET lifted_at = $4
        WHERE registration_id = $1 AND day = $3 AND lifted_at IS NULL
        RETURNING recipients
        """,
        registration_id,
        [row["id"] for row in sessions],
        sessions[0]["date"],
        now,
    )
    if lifted is not None:
        told = await _tell_whom(connection, registration_id, sessions)
        await _tell(connection, registration_id, told, taken_back=True, now=now)
    return True


async def _tell_whom(connection: Connection, registration_id: UUID, sessions: Sequence[Any]) -> list[Told]:
    """Of the first session, the guardian and the teachers; of each, who receives there and has promised to."""
    family = await connection.fetch(
        """
        SELECT DISTINCT person_id FROM (
            SELECT guardian_id AS person_id FROM campaigns.registrations WHERE id = $1
            UNION ALL SELECT enrolled_by FROM campaigns.registrations WHERE id = $1
            UNION ALL SELECT named.teacher_id FROM campaigns.referent_teachers named
                WHERE named.registration_id = $1 AND named.status IN ('confirmed', 'corrected')
        ) concerned WHERE person_id IS NOT NULL ORDER BY person_id
        """,
        registration_id,
    )
    confirmed = await connection.fetch(
        """
        SELECT q.session_id, q.person_id, o.names_shared_at IS NOT NULL AS shared
        FROM campaigns.host_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE q.session_id = ANY($1::uuid[]) AND q.status = 'confirmed' ORDER BY s.starts_at, q.id
        """,
        [row["id"] for row in sessions],
    )
    # also where nobody is to be told: the pupil is not reminded of that day
    told = [Told(sessions[0]["id"], tuple(row["person_id"] for row in family), named=True)]
    known = {row["person_id"] for row in family}
    for row in confirmed:
        # who receives twice that day is told once, of the first; their names are the planner's to share
        if row["person_id"] not in known:
            known.add(row["person_id"])
            told.append(Told(row["session_id"], (row["person_id"],), named=row["shared"]))
    return told


async def _tell(
    connection: Connection,
    registration_id: UUID,
    told: Sequence[Told],
    *,
    taken_back: bool = False,
    now: datetime,
) -> None:
    row = await connection.fetchrow(
        "SELECT offer_id, pupil_id FROM campaigns.registrations WHERE id = $1", registration_id
    )
    if row is None:
        return
    appointments = await read_appointments(connection, [each.session_id for each in told])
    await append_events(
        connection,
        [
            AbsenceForeseen(
                occurred_at=now,
                recipients=each.recipients,
                offer_id=row["offer_id"],
                pupil_id=row["pupil_id"],
                appointment=appointments[each.session_id],
                named=each.named,
                taken_back=taken_back,
            )
            for each in told
        ],
    )
