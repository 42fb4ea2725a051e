"""Note who came: the last word by its own time wins for each pupil and session; an absence is told at once."""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.seats.attendance.sheet import Mark, is_today
from services.campaigns.offers.seats.attendance.take_back_absences import TOLD_OF, take_back_absences
from shared.database import Connection
from shared.notices import AbsenceAnnounced, Appointment
from shared.outbox import append_events


async def note_attendance(
    connection: Connection,
    *,
    offer_id: UUID,
    day: Date,
    marks: Sequence[Mark],
    noted_by: UUID | None,
    filled_at: datetime,
    now: datetime,
) -> int:
    """How many marks were written. `filled_at` is when they were made, which may be long before they were sent.

    A mark older than what is written stays out; so does one of a pupil who has left, or of a session that is not of
    this day. On the day itself guardian and teacher hear of an absence, once per pupil and day, and once more if it is
    corrected; afterwards nobody does.
    """
    await lock_offer(connection, offer_id)
    last = {(mark.session_id, mark.registration_id): mark.state for mark in marks}
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.attendance AS known (session_id, registration_id, state, noted_by, noted_at)
        SELECT s.id, r.id, mark.state, $6, $7
        FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS mark (session_id, registration_id, state)
        JOIN campaigns.sessions s ON s.id = mark.session_id AND s.offer_id = $1 AND s.status = 'planned'
        JOIN campaigns.days d ON d.id = s.day_id AND d.date = $2
        JOIN campaigns.registrations r
            ON r.id = mark.registration_id AND r.offer_id = $1 AND r.status IN ('held', 'confirmed')
               AND (s.group_id IS NULL OR r.group_id IS NULL OR r.group_id = s.group_id)
        ORDER BY s.id, r.id
        ON CONFLICT (session_id, registration_id) DO UPDATE
            SET state = excluded.state, noted_by = excluded.noted_by, noted_at = excluded.noted_at
            WHERE known.noted_at <= excluded.noted_at
        RETURNING session_id, registration_id, state
        """,
        offer_id,
        day,
        [session_id for session_id, _ in last],
        [registration_id for _, registration_id in last],
        list(last.values()),
        noted_by,
        filled_at,
    )
    absent = [(row["session_id"], row["registration_id"]) for row in rows if row["state"] == "absent"]
    if absent and is_today(day, now):
        await _announce(connection, offer_id, day, absent, now)
    there = {row["registration_id"] for row in rows if row["state"] in ("present", "late")}
    if there and is_today(day, now):
        await take_back_absences(connection, offer_id=offer_id, day=day, registration_ids=there, now=now)
    return len(rows)


async def _announce(
    connection: Connection, offer_id: UUID, day: Date, absent: list[tuple[UUID, UUID]], now: datetime
) -> None:
    """Tell guardian and teacher of the first session missed; who has neither is shown to the planner instead."""
    rows = await connection.fetch(
        """
        WITH missed AS (
            SELECT DISTINCT ON (r.id) r.id AS registration_id, r.pupil_id, s.id AS session_id, o.title AS offer,
                   g.name AS organisation, s.title, s.starts_at, s.ends_at, s.place, coalesce(s.room, '') AS room,
                   s.contact, s.meeting_point, d.emergency_phone,
                   array_remove(ARRAY[r.guardian_id, r.enrolled_by], NULL) AS recipients
            FROM unnest($2::uuid[], $3::uuid[]) AS absence (session_id, registration_id)
            JOIN campaigns.registrations r ON r.id = absence.registration_id
            JOIN campaigns.sessions s ON s.id = absence.session_id
            JOIN campaigns.days d ON d.id = s.day_id
            JOIN campaigns.offers o ON o.id = $1
            JOIN campaigns.organisations g ON g.id = o.organisation_id
            ORDER BY r.id, s.starts_at
        ), announced AS (
            INSERT INTO campaigns.announced_absences AS told
                (registration_id, day, announced_at, session_id, recipients)
            SELECT registration_id, $4, $5, session_id, recipients FROM missed WHERE recipients <> '{}'
            -- who was there after all and is missed again is told of again
            ON CONFLICT (registration_id, day) DO UPDATE
                SET announced_at = excluded.announced_at, session_id = excluded.session_id,
                    recipients = excluded.recipients, lifted_at = NULL
                WHERE told.lifted_at IS NOT NULL
            RETURNING registration_id
        )
        SELECT missed.* FROM missed JOIN announced USING (registration_id)
        """,
        offer_id,
        [session_id for session_id, _ in absent],
        [registration_id for _, registration_id in absent],
        day,
        now,
    )
    await append_events(
        connection,
        [
            AbsenceAnnounced(
                occurred_at=now,
                offer_id=offer_id,
                recipients=tuple(dict.fromkeys(row["recipients"])),
                pupil_id=row["pupil_id"],
                emergency_phone=row["emergency_phone"],
                appointment=Appointment(**{name: row[name] for name in TOLD_OF}),
            )
            for row in rows
        ],
    )
