"""What a record reads: all that is kept of a pupil, in both services."""

from typing import TypeVar
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.privacy.records.record import (
    Name,
    PupilRecord,
    RecordedAbsence,
    RecordedAttendance,
    RecordedConsent,
    RecordedFact,
    RecordedLetter,
    RecordedRegistration,
    RecordedTalk,
    RecordedTeacher,
)
from shared.database import Connection


async def read_record(connection: Connection, pupil_id: UUID) -> PupilRecord:
    """All that is kept of a pupil, in both services, without a word that is others' own."""
    pupil = await connection.fetchrow(
        """
        SELECT p.id, p.school_name, p.school_uai, p.class_name, person.first_name, person.last_name, person.email,
               person.language
        FROM campaigns.pupils p JOIN contract.people person ON person.id = p.id WHERE p.id = $1
        """,
        pupil_id,
    )
    if pupil is None:
        raise UnknownRegistration
    return PupilRecord(
        id=pupil["id"],
        pupil=_name(pupil),
        school_name=pupil["school_name"],
        school_uai=pupil["school_uai"],
        class_name=pupil["class_name"],
        guardians=tuple(_name(row) for row in await connection.fetch(_GUARDIANS, pupil_id)),
        registrations=await _all(connection, _REGISTRATIONS, pupil_id, RecordedRegistration),
        consents=await _all(connection, _CONSENTS, pupil_id, RecordedConsent),
        attendance=await _all(connection, _ATTENDANCE, pupil_id, RecordedAttendance),
        absences=await _all(connection, _ABSENCES, pupil_id, RecordedAbsence),
        talks=await _all(connection, _TALKS, pupil_id, RecordedTalk),
        teachers=await _all(connection, _TEACHERS, pupil_id, RecordedTeacher),
        letters=await _all(connection, _LETTERS, pupil_id, RecordedLetter),
        facts=await _all(connection, _FACTS, pupil_id, RecordedFact),
    )


Row = TypeVar("Row", bound=Struct)


async def _all(connection: Connection, query: str, pupil_id: UUID, kind: type[Row]) -> tuple[Row, ...]:
    return tuple(kind(**row) for row in await connection.fetch(query, pupil_id))


def _name(row: Record) -> Name:
    return Name(first_name=row["first_name"], last_name=row["last_name"], email=row["email"], language=row["language"])


_GUARDIANS = """
    SELECT DISTINCT person.first_name, person.last_name, person.email, person.language
    FROM contract.people person
    WHERE person.id IN (SELECT guardian_id FROM campaigns.registrations WHERE pupil_id = $1
                        UNION SELECT guardian_id FROM campaigns.pupils WHERE id = $1)
    ORDER BY person.last_name
"""
_REGISTRATIONS = """
    SELECT r.id, o.title AS offer, g.name AS organisation, c.title AS campaign, r.status,
           coalesce(its.name, '') AS "group", r.under_15, r.without_host,
           r.enrolled_by IS NOT NULL AS enrolled_by_school, r.created_at AS registered_at, r.changed_at,
           r.consented_at, r.convention_signed_on,
           (greatest(upper(c.period), (upper(o.busy) AT TIME ZONE 'Europe/Paris')::date + 1) - 1
            + make_interval(months => c.keep_months))::date AS kept_until
    FROM campaigns.registrations r
    JOIN campaigns.offers o ON o.id = r.offer_id
    JOIN campaigns.organisations g ON g.id = o.organisation_id
    JOIN campaigns.campaigns c ON c.id = o.campaign_id
    LEFT JOIN campaigns.groups its ON its.id = r.group_id
    WHERE r.pupil_id = $1 ORDER BY r.created_at, r.id
"""
_CONSENTS = """
    SELECT o.title AS offer, c.answer, c.text_version, c.answered_at
    FROM campaigns.consents c
    JOIN campaigns.registrations r ON r.id = c.registration_id
    JOIN campaigns.offers o ON o.id = r.offer_id
    WHERE r.pupil_id = $1 ORDER BY c.id
"""
_ATTENDANCE = """
    SELECT o.title AS offer, s.title AS session, s.starts_at, a.state, a.noted_at
    FROM campaigns.attendance a
    JOIN campaigns.registrations r ON r.id = a.registration_id
    JOIN campaigns.offers o ON o.id = r.offer_id
    JOIN campaigns.sessions s ON s.id = a.session_id
    WHERE r.pupil_id = $1 ORDER BY s.starts_at, a.noted_at
"""
_ABSENCES = """
    SELECT o.title AS offer, a.day, a.announced_at, a.lifted_at
    FROM campaigns.announced_absences a
    JOIN campaigns.registrations r ON r.id = a.registration_id
    JOIN campaigns.offers o ON o.id = r.offer_id
    WHERE r.pupil_id = $1 ORDER BY a.day, a.announced_at
"""
_TALKS = """
    SELECT o.title AS offer, s.starts_at, s.ends_at, s.place, s.status
    FROM campaigns.follow_up_slots s JOIN campaigns.offers o ON o.id = s.offer_id
    WHERE s.pupil_id = $1 ORDER BY s.starts_at
"""
_TEACHERS = """
    SELECT trim(person.first_name || ' ' || person.last_name) AS name, t.status, t.asked_at
    FROM campaigns.referent_teachers t JOIN contract.people person ON person.id = t.teacher_id
    WHERE t.pupil_id = $1 ORDER BY t.asked_at
"""
_LETTERS = """
    SELECT d.message, CASE WHEN d.recipient_id = $1 THEN 'pupil'
                           WHEN d.recipient_id IN (SELECT guardian_id FROM campaigns.registrations WHERE pupil_id = $1)
                           THEN 'guardian' ELSE 'other' END AS "to", d.state, d.due_at, d.sent_at
    FROM contract.deliveries d
    WHERE d.registration_id IN (SELECT id FROM campaigns.registrations WHERE pupil_id = $1)
       OR d.registration_id IS NULL AND (
            d.recipient_id IN (SELECT $1 UNION SELECT guardian_id FROM campaigns.registrations WHERE pupil_id = $1)
            OR d.event_id IN (SELECT id FROM contract.events
                              WHERE tag IN ('absence.announced', 'absence.lifted', 'follow_up.booked',
                                            'follow_up.cancelled') AND body ->> 'pupil_id' = $1::text))
    ORDER BY d.due_at, d.message
"""
_FACTS = """
    SELECT e.tag, coalesce(o.title, '') AS offer, e.occurred_at
    FROM contract.events e LEFT JOIN campaigns.offers o ON o.id = e.offer_id
    WHERE (e.offer_id IN (SELECT offer_id FROM campaigns.registrations WHERE pupil_id = $1) OR e.offer_id IS NULL)
      AND (e.body ->> 'pupil_id' = $1::text OR e.body -> 'recipients' ? $1::text
           OR e.body @> jsonb_build_object('audience', jsonb_build_array(jsonb_build_object('pupil_id', $1::text))))
    ORDER BY e.id
"""
