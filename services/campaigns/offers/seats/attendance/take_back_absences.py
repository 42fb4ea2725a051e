"""Take back absences that were announced: whoever was told hears that the pupil is there."""

from collections.abc import Collection
from datetime import date as Date
from datetime import datetime
from uuid import UUID

from shared.database import Connection
from shared.notices import AbsenceLifted, Appointment
from shared.outbox import append_events

TOLD_OF = tuple(name for name in Appointment.__struct_fields__ if name not in ("expected", "pupils"))


async def take_back_absences(
    connection: Connection, *, offer_id: UUID, day: Date, registration_ids: Collection[UUID], now: datetime
) -> None:
    """Where the session that was announced as missed says present or late now, and no other of the day absent.

    Once for each announcement. The caller holds the lock of the offer and has written the marks.
    """
    rows = await connection.fetch(
        """
        WITH lifted AS (
            UPDATE campaigns.announced_absences told SET lifted_at = $4
            WHERE told.registration_id = ANY($2::uuid[]) AND told.day = $3 AND told.lifted_at IS NULL
              AND EXISTS (SELECT FROM campaigns.attendance a
                          WHERE a.registration_id = told.registration_id AND a.session_id = told.session_id
                            AND a.state IN ('present', 'late'))
              AND NOT EXISTS (SELECT FROM campaigns.attendance a
                              JOIN campaigns.sessions s ON s.id = a.session_id AND s.status = 'planned'
                              JOIN campaigns.days d ON d.id = s.day_id AND d.date = $3
                              WHERE a.registration_id = told.registration_id AND a.state = 'absent')
            RETURNING told.registration_id, told.session_id, told.recipients
        )
        SELECT lifted.recipients, r.pupil_id, s.id AS session_id, o.title AS offer, g.name AS organisation, s.title,
               s.starts_at, s.ends_at, s.place, coalesce(s.room, '') AS room, s.contact, s.meeting_point
        FROM lifted
        JOIN campaigns.registrations r ON r.id = lifted.registration_id
        JOIN campaigns.sessions s ON s.id = lifted.session_id
        JOIN campaigns.offers o ON o.id = $1
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        ORDER BY r.id
        """,
        offer_id,
        list(registration_ids),
        day,
        now,
    )
    await append_events(
        connection,
        [
            AbsenceLifted(
                occurred_at=now,
                offer_id=offer_id,
                recipients=tuple(row["recipients"]),
                pupil_id=row["pupil_id"],
                appointment=Appointment(**{name: row[name] for name in TOLD_OF}),
            )
            for row in rows
        ],
    )
