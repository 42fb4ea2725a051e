"""What privacy reads: all that is kept of a pupil, who is to be erased, how long a campaign keeps names."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.privacy.erasure import LOOKED_AFTER, Erasure
from services.campaigns.privacy.keeping import Keeping
from services.campaigns.privacy.record import (
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
from shared.french_dates import PARIS

AT_ONCE = 100
# a registration that lives, in what is still to come: a seat or a place in a queue that somebody else could have
LIVING = """
    SELECT r.id FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
    WHERE r.pupil_id = {pupil} AND r.status IN ('waiting', 'held', 'confirmed')
      AND o.status NOT IN ('cancelled', 'over') AND coalesce(upper(o.busy) > {now}, true)
    ORDER BY r.id
"""


async def find_erasures(
    connection: Connection, *, now: datetime, pupil_id: UUID | None = None, late: bool = False
) -> list[Erasure]:
    """Those to be carried out, the longest asked first; `late`: also pupils who were registered while they were erased.

    `pupil_id`: that one's alone.
    """
    living = LIVING.format(pupil="e.pupil_id", now="$1")
    rows = await connection.fetch(
        f"""
        SELECT e.pupil_id, e.why, e.asked_at, ARRAY({living}) AS living
        FROM campaigns.erasures e
        WHERE e.erased_at IS NULL AND ($2::uuid IS NULL OR e.pupil_id = $2)
           OR $3 AND e.erased_at > $1 - $4::interval AND EXISTS ({living})
        ORDER BY e.asked_at LIMIT $5
        """,  # noqa: S608  # constants of this module
        now,
        pupil_id,
        late,
        LOOKED_AFTER,
        AT_ONCE,
    )
    return [Erasure(**{**row, "living": tuple(row["living"])}) for row in rows]


async def read_living(connection: Connection, pupil_id: UUID, *, now: datetime) -> list[UUID]:
    """A pupil's registrations that are to be withdrawn before the names go."""
    rows = await connection.fetch(LIVING.format(pupil="$1", now="$2"), pupil_id, now)
    return [row["id"] for row in rows]


async def letters_are_under_way(connection: Connection, registration_ids: Sequence[UUID], *, now: datetime) -> bool:
    """Whether something is still to be told about these registrations: a fact nobody has planned, a mail not sent."""
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT FROM contract.events
                           WHERE planned_at IS NULL AND body ->> 'registration_id' = ANY($2::text[]))
                OR EXISTS (SELECT FROM contract.deliveries
                           WHERE registration_id = ANY($1::uuid[])
                             AND (state = 'sending' OR state = 'due' AND due_at <= $3))
            """,
            list(registration_ids),
            [str(each) for each in registration_ids],
            now,
        )
    )


async def find_pupils_kept_long_enough(connection: Connection, *, now: datetime) -> list[UUID]:
    """Pupils all of whose campaigns have kept them for their time, counted from the last day; some at once.

    A campaign ends with its last offer, should that be later than the campaign.
    """
    rows = await connection.fetch(
        """
        WITH kept AS (
            SELECT c.id, greatest(upper(c.period), max((upper(o.busy) AT TIME ZONE 'Europe/Paris')::date + 1))
                         + make_interval(months => c.keep_months) <= $1::date AS long_enough
            FROM campaigns.campaigns c JOIN campaigns.offers o ON o.campaign_id = c.id GROUP BY c.id
        )
        SELECT DISTINCT r.pupil_id
        FROM kept
        JOIN campaigns.offers o ON o.campaign_id = kept.id
        JOIN campaigns.registrations r ON r.offer_id = o.id
        LEFT JOIN campaigns.erasures e ON e.pupil_id = r.pupil_id
        WHERE kept.long_enough AND e.pupil_id IS NULL
          AND NOT EXISTS (
            SELECT FROM campaigns.registrations other
            JOIN campaigns.offers elsewhere ON elsewhere.id = other.offer_id
            JOIN kept still ON still.id = elsewhere.campaign_id AND NOT still.long_enough
            WHERE other.pupil_id = r.pupil_id)
        LIMIT $2
        """,
        now.astimezone(PARIS).date(),
        AT_ONCE,
    )
    return [row["pupil_id"] for row in rows]


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


async def read_keeping(connection: Connection, campaign_id: UUID) -> Keeping:
    """How long one campaign keeps names."""
    rows = await connection.fetch(f"{_KEEPING} WHERE c.id = $1", campaign_id)
    return Keeping(**rows[0])


async def list_keepings(connection: Connection) -> list[tuple[Keeping, str]]:
    """Of the campaigns that have, or had, something public and names to keep: their time, and who carries them."""
    rows = await connection.fetch(
        f"""
        SELECT kept.*, coalesce((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM campaigns.organisations g
            WHERE g.id IN (SELECT a.organisation_id FROM campaigns.agreements a
                           WHERE a.campaign_id = kept.campaign_id AND a.agreed_at IS NOT NULL AND a.left_at IS NULL
                           UNION SELECT o.organisation_id FROM campaigns.offers o
                           WHERE o.campaign_id = kept.campaign_id AND o.status <> 'draft')), '') AS carriers
        FROM ({_KEEPING}) kept
        WHERE EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = kept.campaign_id AND o.status <> 'draft')
        ORDER BY kept.last_day DESC, kept.campaign LIMIT 50
        """  # noqa: S608  # a constant of this module
    )
    return [(Keeping(**{name: row[name] for name in Keeping.__struct_fields__}), row["carriers"]) for row in rows]


_KEEPING = """
    SELECT c.id AS campaign_id, c.slug, c.title AS campaign, c.keep_months AS months, its.last_day,
           (its.last_day + make_interval(months => c.keep_months))::date AS until,
           counted.kept, counted.erased
    FROM campaigns.campaigns c
    CROSS JOIN LATERAL (
        SELECT greatest(upper(c.period) - 1, max((upper(o.busy) AT TIME ZONE 'Europe/Paris')::date)) AS last_day
        FROM campaigns.offers o WHERE o.campaign_id = c.id
    ) its
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE person.erased_at IS NULL) AS kept,
               count(*) FILTER (WHERE person.erased_at IS NOT NULL) AS erased
        FROM campaigns.offers o JOIN campaigns.registrations r ON r.offer_id = o.id
        JOIN contract.people person ON person.id = r.pupil_id
        WHERE o.campaign_id = c.id
    ) counted
"""


async def is_erased(connection: Connection, pupil_id: UUID) -> bool:
    """Whether the pupil's names are gone."""
    return bool(await connection.fetchval("SELECT erased_at IS NOT NULL FROM contract.people WHERE id = $1", pupil_id))


async def is_being_erased(connection: Connection, pupil_id: UUID) -> bool:
    """Whether it was asked, and is under way."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM campaigns.erasures WHERE pupil_id = $1 AND erased_at IS NULL)", pupil_id
        )
    )


async def is_guardian_of_all(connection: Connection, pupil_id: UUID, guardian_id: UUID) -> bool:
    """Whether all of a pupil's registrations name a guardian of this address: who typed one of them knows no other."""
    return bool(
        await connection.fetchval(
            """
            SELECT bool_and(lower(guardian.email) IS NOT DISTINCT FROM lower(me.email))
            FROM contract.people me
            JOIN campaigns.registrations r ON r.pupil_id = $1
            LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
            WHERE me.id = $2 AND me.email IS NOT NULL
            """,
            pupil_id,
            guardian_id,
        )
    )
