"""What is read of visits: a teacher's own, as their sessions stand now; those a company may know of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record
from msgspec import Struct

from services.campaigns.look.words import local_day
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.pupil import FollowedPupil, Meeting, meet
from services.campaigns.teaching.read import Scope, list_followed, list_meetings_of
from services.campaigns.teaching.visits.proposal import Stop, can_be_visited
from services.campaigns.teaching.visits.visit import UnknownVisit, Visit, fit
from shared.database import Connection

VISITS = """
    SELECT v.id, v.session_id, o.slug AS offer_slug, o.title AS offer_title, s.title, s.host_id,
           coalesce(host.name, '') AS host, s.place, coalesce(s.room, '') AS room, s.contact, site.latitude,
           site.longitude, d.emergency_phone, s.starts_at AS session_starts_at, s.ends_at AS session_ends_at,
           v.after_start, v.lasts, v.note, v.announced, v.removed_at IS NOT NULL AS removed,
           CASE WHEN v.removed_at IS NULL AND s.status = 'planned' AND o.status <> 'cancelled'
                THEN 'planned' ELSE 'cancelled' END AS status,
           v.sequence + s.sequence + (o.status = 'cancelled')::integer AS sequence, v.version,
           greatest(v.changed_at, s.changed_at, o.cancelled_at) AS changed_at
    FROM campaigns.visits v
    JOIN campaigns.sessions s ON s.id = v.session_id
    JOIN campaigns.offers o ON o.id = s.offer_id
    JOIN campaigns.days d ON d.id = s.day_id
    LEFT JOIN campaigns.organisations host ON host.id = s.host_id
    LEFT JOIN campaigns.sites site ON site.id = s.site_id
"""


class AnnouncedVisit(Struct, frozen=True, kw_only=True):
    """A teacher whom a company may expect at a session."""

    session_id: UUID
    teacher: str
    school: str
    starts_at: datetime
    ends_at: datetime


async def read_visits(connection: Connection, person_id: UUID) -> list[Visit]:
    """Every visit of a person, whatever school they go for, by time; those that are off since 90 days are left out.

    For a calendar: times and state are the session's own, `sequence` rises with any change of either.
    """
    rows = await connection.fetch(f"{VISITS} WHERE v.teacher_id = $1 ORDER BY s.starts_at, v.id", person_id)
    return sorted(map(_visit, rows), key=lambda one: (one.starts_at, one.id))


async def list_visits(
    connection: Connection, *, organisation_id: UUID, teacher_id: UUID, session_id: UUID | None = None
) -> list[Visit]:
    """The visits of a teacher of a school that were not removed, by time; those of cancelled sessions too."""
    rows = await connection.fetch(
        f"""
        {VISITS}
        WHERE v.teacher_id = $1 AND v.organisation_id = $2 AND v.removed_at IS NULL
          AND ($3::uuid IS NULL OR v.session_id = $3)
        ORDER BY s.starts_at + v.after_start, v.id
        """,
        teacher_id,
        organisation_id,
        session_id,
    )
    return sorted(map(_visit, rows), key=lambda one: (one.starts_at, one.id))


async def read_visit(connection: Connection, *, organisation_id: UUID, teacher_id: UUID, session_id: UUID) -> Visit:
    """One of them; raises `UnknownVisit`."""
    found = await list_visits(connection, organisation_id=organisation_id, teacher_id=teacher_id, session_id=session_id)
    if not found:
        raise UnknownVisit
    return found[0]


async def list_announced(connection: Connection, session_ids: Collection[UUID]) -> dict[UUID, list[AnnouncedVisit]]:
    """The teachers who come to these sessions and let their hosts know, by session, by time."""
    rows = await connection.fetch(
        """
        SELECT v.session_id, concat_ws(' ', person.first_name, person.last_name) AS teacher, g.name AS school,
               s.starts_at, s.ends_at, v.after_start, v.lasts
        FROM campaigns.visits v
        JOIN campaigns.sessions s ON s.id = v.session_id AND s.status = 'planned'
        JOIN campaigns.organisations g ON g.id = v.organisation_id
        JOIN campaigns.members m ON m.person_id = v.teacher_id AND m.organisation_id = v.organisation_id
        JOIN contract.people person ON person.id = v.teacher_id AND person.erased_at IS NULL
        WHERE v.session_id = ANY($1::uuid[]) AND v.announced AND v.removed_at IS NULL
        ORDER BY s.starts_at + v.after_start, v.id
        """,
        list(session_ids),
    )
    found: dict[UUID, list[AnnouncedVisit]] = defaultdict(list)
    for row in rows:
        starts_at, ends_at = fit(row["starts_at"], row["ends_at"], row["after_start"], row["lasts"])
        found[row["session_id"]].append(
            AnnouncedVisit(
                session_id=row["session_id"],
                teacher=row["teacher"],
                school=row["school"],
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )
    return found


async def read_plan(
    connection: Connection, organisation_id: UUID, teacher_id: UUID, *, now: datetime
) -> tuple[list[Visit], list[Stop]]:
    """A teacher's visits from the period on, and where their own pupils can be visited in it."""
    today = local_day(now)
    period = period_at(today)
    scope = Scope(organisation_id=organisation_id, teacher_id=teacher_id)
    visits = await list_visits(connection, organisation_id=organisation_id, teacher_id=teacher_id)
    pupils = await list_followed(connection, scope, period=period, today=today)
    visits = [visit for visit in visits if visit.date >= period.first]
    return visits, stops_of(pupils, await list_meetings_of(connection, pupils, period=period))


def stops_of(pupils: Sequence[FollowedPupil], meetings: Mapping[UUID, Sequence[Meeting]]) -> list[Stop]:
    """The sessions at which a teacher's pupils can be visited, by time, with who is there."""
    return [
        Stop(meeting=one.meeting, pupils=one.pupils) for one in meet(pupils, meetings) if can_be_visited(one.meeting)
    ]


def _visit(row: Record) -> Visit:
    fields = dict(row)
    starts_at, ends_at = fit(
        fields["session_starts_at"], fields["session_ends_at"], fields.pop("after_start"), fields.pop("lasts")
    )
    return Visit(starts_at=starts_at, ends_at=ends_at, **fields)
