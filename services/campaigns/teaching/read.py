"""What is read for teachers: their lists, who is registered of their pupils and where, what takes place there."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date as Date
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.teaching.matching import match_pupils
from services.campaigns.teaching.pupil import FollowedPupil, KnownPupil, ListedPupil, Meeting, Period, Place, fold
from shared.database import Connection

LISTED_AT_MOST = 2_000

# whoever types a pupil's name may name anybody as the teacher: that shows the one registration it came with. The others
# are shown where the pupil's own mail has answered for it: a link that goes by mail alone was pressed
SURE = """naming.link_by_mail AND naming.enrolled_for IS NULL
          AND (naming.status = 'confirmed' OR naming.held_for IS NOT DISTINCT FROM 'consent')"""
# whether $2 is the referent teacher for the registration r: the account, or the address of its sign-in
REFERRED = f"""EXISTS (
    SELECT FROM campaigns.referent_teachers named
    JOIN contract.people referent ON referent.id = named.teacher_id
    JOIN campaigns.registrations naming ON naming.id = named.registration_id
    WHERE named.pupil_id = r.pupil_id AND named.status IN ('confirmed', 'corrected')
      AND (referent.id = $2 OR lower(referent.email) = (SELECT email FROM campaigns.accounts WHERE person_id = $2))
      AND (naming.id = r.id OR {SURE}))
"""  # noqa: S608  # SURE is a constant
# whether one of the pupils of $2, of the school $3, has a seat at the session s
HAS_A_PUPIL = f"""EXISTS (
    SELECT FROM campaigns.registrations r
    WHERE r.offer_id = s.offer_id AND r.status IN ('held', 'confirmed')
      AND (r.group_id IS NULL OR s.group_id IS NULL OR r.group_id = s.group_id)
      AND ((r.enrolled_by = $2 AND r.enrolled_for = $3) OR {REFERRED}))
"""
# $1 the school, $2 the teacher (NULL: everybody of the school), $3 first and $4 last day of the period, $5 today,
# $6 whether pupils of the school are looked at whom nobody gave to the teacher
REGISTRATIONS = f"""
    WITH school AS (
        SELECT name, uai FROM campaigns.organisations WHERE id = $1 AND kind = 'school'
    ), teachers AS (
        SELECT person_id, email FROM campaigns.accounts WHERE person_id = $2
        UNION SELECT a.person_id, a.email
        FROM campaigns.members m JOIN campaigns.accounts a ON a.person_id = m.person_id
        WHERE $2::uuid IS NULL AND m.organisation_id = $1
    ), referred AS MATERIALIZED (
        SELECT named.pupil_id, naming.id AS registration_id, {SURE} AS sure
        FROM campaigns.referent_teachers named
        JOIN contract.people referent ON referent.id = named.teacher_id
        JOIN campaigns.registrations naming ON naming.id = named.registration_id
        JOIN teachers ON teachers.person_id = referent.id OR teachers.email = lower(referent.email)
        WHERE named.status IN ('confirmed', 'corrected')
    ), theirs AS MATERIALIZED (
        SELECT pupil_id FROM referred UNION
        SELECT pupil_id FROM campaigns.registrations WHERE enrolled_by = $2 AND enrolled_for = $1
        UNION SELECT pupil_id FROM campaigns.registrations WHERE $2::uuid IS NULL AND enrolled_for = $1
        UNION SELECT p.id FROM campaigns.pupils p JOIN school ON p.school_uai = school.uai WHERE $6
        UNION SELECT p.id FROM campaigns.pupils p JOIN school
              ON p.school_uai IS NULL AND lower(p.school_name) = lower(school.name) WHERE $6
    )
    SELECT r.id, r.pupil_id, r.offer_id, o.slug AS offer_slug, o.title AS offer_title, r.group_id, r.status, r.held_for,
           r.deadline, o.waiting, lower(o.busy) AS starts_at, upper(o.busy) AS ends_at,
           person.first_name, person.last_name, p.class_name,
           CASE WHEN $2::uuid IS NOT NULL THEN (r.enrolled_by = $2 AND r.enrolled_for = $1) IS TRUE
                     OR r.id IN (SELECT registration_id FROM referred)
                     OR r.pupil_id IN (SELECT pupil_id FROM referred WHERE sure)
                ELSE (r.enrolled_for = $1) IS TRUE
                     -- a school is what an organisation says it is: that alone shows nobody
                     OR ((r.id IN (SELECT registration_id FROM referred)
                          OR r.pupil_id IN (SELECT pupil_id FROM referred WHERE sure)) AND EXISTS (
                         SELECT FROM school WHERE p.school_uai = school.uai
                            OR (p.school_uai IS NULL AND lower(p.school_name) = lower(school.name))))
           END AS visible,
           CASE WHEN r.status = 'waiting' THEN
               (SELECT count(*) FROM campaigns.registrations before
                WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
           END AS position,
           r.status IN ('held', 'confirmed') AND (
               EXISTS (SELECT FROM campaigns.announced_absences told
                       WHERE told.registration_id = r.id AND told.day = $5 AND told.lifted_at IS NULL)
               OR EXISTS (SELECT FROM campaigns.attendance a JOIN campaigns.sessions s ON s.id = a.session_id
                          WHERE a.registration_id = r.id AND a.state IN ('absent', 'excused')
                            AND (s.starts_at AT TIME ZONE 'Europe/Paris')::date = $5)) AS absent
    FROM theirs
    JOIN campaigns.registrations r ON r.pupil_id = theirs.pupil_id
    JOIN campaigns.offers o ON o.id = r.offer_id
         AND o.busy && tstzmultirange(tstzrange($3::date::timestamp AT TIME ZONE 'Europe/Paris',
                                                ($4::date + 1)::timestamp AT TIME ZONE 'Europe/Paris'))
    JOIN campaigns.pupils p ON p.id = r.pupil_id
    JOIN contract.people person ON person.id = p.id AND person.erased_at IS NULL
    ORDER BY lower(o.busy), r.id
"""  # noqa: S608  # SURE is a constant
LIVING = ("waiting", "held", "confirmed")


class Scope(Struct, frozen=True, kw_only=True):
    """Whose pupils are looked at: a teacher's own, or all of a school (`teacher_id` is None), which is for reading."""

    organisation_id: UUID
    teacher_id: UUID | None

    @property
    def whole_school(self) -> bool:
        """Whether it is everybody's."""
        return self.teacher_id is None


def scope_of(actor: Actor, *, own: bool = False) -> Scope:
    """A head sees all of the school unless they ask for their own; a token of an organisation has all of it.

    All of it is who was enrolled for it, who is on a list of it, and of its pupils whom a teacher of it confirmed.
    """
    head = actor.role == "owner" and actor.organisation_kind == "school"
    whole = actor.person_id is None or (head and not own)
    return Scope(organisation_id=actor.organisation_id, teacher_id=None if whole else actor.person_id)


async def list_followed(connection: Connection, scope: Scope, *, period: Period, today: Date) -> list[FollowedPupil]:
    """Every pupil of a scope with what is registered in their name in the period, in no order."""
    listed = await list_listed(connection, scope)
    rows = await connection.fetch(
        REGISTRATIONS,
        scope.organisation_id,
        scope.teacher_id,
        period.first,
        period.last,
        today,
        scope.whole_school or bool(listed),
    )
    return match_pupils(listed, _known(rows))


async def list_listed(connection: Connection, scope: Scope, *, class_name: str | None = None) -> list[ListedPupil]:
    """The pupils on a teacher's list, or on the lists of a school, by class and name; once, however many list them."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (l.class_name, person.last_name, person.first_name, l.mark)
               l.id, l.class_name, person.first_name, person.last_name, person.email
        FROM campaigns.listed_pupils l JOIN contract.people person ON person.id = l.id AND person.erased_at IS NULL
        WHERE l.organisation_id = $1 AND ($2::uuid IS NULL OR l.teacher_id = $2)
          AND ($3::text IS NULL OR l.class_name = $3)
        ORDER BY l.class_name, person.last_name, person.first_name, l.mark, l.id LIMIT $4
        """,
        scope.organisation_id,
        scope.teacher_id,
        class_name,
        LISTED_AT_MOST,
    )
    listed = [ListedPupil(**dict(row)) for row in rows]
    return sorted(listed, key=lambda one: (one.class_name, fold(one.name), one.id))


async def list_meetings(
    connection: Connection, offer_ids: Collection[UUID], *, period: Period
) -> dict[UUID, list[Meeting]]:
    """The planned sessions of these offers in the period, by offer, by start."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.offer_id, s.group_id, s.starts_at, s.ends_at, s.title, s.kind, coalesce(host.name, '') AS host,
               s.place, coalesce(s.room, '') AS room, s.online_url IS NOT NULL AS online, d.emergency_phone,
               site.latitude, site.longitude
        FROM campaigns.sessions s
        JOIN campaigns.days d ON d.id = s.day_id AND d.date BETWEEN $2 AND $3
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.sites site ON site.id = s.site_id
        WHERE s.offer_id = ANY($1::uuid[]) AND s.status = 'planned'
        ORDER BY s.starts_at, s.id
        """,
        list(offer_ids),
        period.first,
        period.last,
    )
    meetings: dict[UUID, list[Meeting]] = defaultdict(list)
    for row in rows:
        meetings[row["offer_id"]].append(Meeting(**dict(row)))
    return meetings


async def list_meetings_of(
    connection: Connection, pupils: Sequence[FollowedPupil], *, period: Period
) -> dict[UUID, list[Meeting]]:
    """The planned sessions of all offers these pupils have a seat in."""
    offers = {place.offer_id for pupil in pupils for place in pupil.places if place.has_seat}
    return await list_meetings(connection, offers, period=period)


def _known(rows: Sequence[Record]) -> list[KnownPupil]:
    of_pupil: dict[UUID, list[Record]] = defaultdict(list)
    for row in rows:
        of_pupil[row["pupil_id"]].append(row)
    fields = Place.__struct_fields__
    return [
        KnownPupil(
            id=pupil_id,
            first_name=first["first_name"],
            last_name=first["last_name"],
            class_name=first["class_name"],
            places=tuple(
                Place(**{name: row[name] for name in fields}) for row in of_one if _lives(row) and row["visible"]
            ),
            elsewhere=any(_lives(row) and not row["visible"] for row in of_one),
            visible=any(row["visible"] for row in of_one),
        )
        for pupil_id, of_one in of_pupil.items()
        for first in of_one[:1]
    ]


def _lives(row: Record) -> bool:
    return row["status"] in LIVING
