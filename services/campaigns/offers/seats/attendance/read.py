"""What is read of a day: its sessions, who is expected, who came; and whose convention is signed."""

from datetime import date as Date
from uuid import UUID

from services.campaigns.offers.seats.attendance.sheet import DaySheet, ExpectedPupil, SheetSession, UnknownDay
from shared.database import Connection

EXPECTED_AT_MOST = 2_000


async def list_dates(connection: Connection, offer_id: UUID) -> list[Date]:
    """The days of an offer that have a planned session."""
    rows = await connection.fetch(
        """
        SELECT d.date FROM campaigns.days d
        WHERE d.offer_id = $1 AND EXISTS (
            SELECT FROM campaigns.sessions s WHERE s.day_id = d.id AND s.status = 'planned')
        ORDER BY d.date
        """,
        offer_id,
    )
    return [row["date"] for row in rows]


async def read_sheet(connection: Connection, offer_id: UUID, day: Date) -> DaySheet:
    """The sheet of one day; raises `UnknownDay`."""
    sessions = await connection.fetch(
        """
        SELECT s.id, s.title, s.starts_at, s.ends_at, coalesce(host.name, '') AS host, s.place, s.contact, s.group_id,
               coalesce(g.name, '') AS "group", d.emergency_phone
        FROM campaigns.days d
        JOIN campaigns.sessions s ON s.day_id = d.id AND s.status = 'planned'
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE d.offer_id = $1 AND d.date = $2 ORDER BY s.starts_at, g.name, s.id
        """,
        offer_id,
        day,
    )
    if not sessions:
        raise UnknownDay
    marks = await connection.fetch(
        """
        SELECT a.session_id, a.registration_id, a.state FROM campaigns.attendance a
        WHERE a.session_id = ANY($1::uuid[])
        """,
        [row["id"] for row in sessions],
    )
    return DaySheet(
        date=day,
        emergency_phone=sessions[0]["emergency_phone"],
        sessions=tuple(
            SheetSession(**{name: row[name] for name in SheetSession.__struct_fields__}) for row in sessions
        ),
        pupils=tuple(await list_expected(connection, offer_id, day=day)),
        marks={(row["session_id"], row["registration_id"]): row["state"] for row in marks},
    )


async def list_expected(connection: Connection, offer_id: UUID, *, day: Date | None = None) -> list[ExpectedPupil]:
    """Who has a seat, by name; with a day, whether that day's absence was told."""
    rows = await connection.fetch(
        """
        SELECT r.id AS registration_id, person.first_name, person.last_name, p.school_name, p.class_name, r.group_id,
               told.announced_at AS told_at, r.convention_signed_on,
               coalesce(r.guardian_id, r.enrolled_by) IS NOT NULL AS reachable
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN campaigns.announced_absences told ON told.registration_id = r.id AND told.day = $2
             AND told.lifted_at IS NULL
        WHERE r.offer_id = $1 AND r.status IN ('held', 'confirmed')
        ORDER BY person.last_name, person.first_name, r.id LIMIT $3
        """,
        offer_id,
        day,
        EXPECTED_AT_MOST,
    )
    return [ExpectedPupil(**dict(row)) for row in rows]
