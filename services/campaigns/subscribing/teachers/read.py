"""What is read for the calendar of a teacher. No pupil is named in it: how many go is enough to know what is meant."""

import hashlib
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.campaigns.subscribing.holding import Entries
from services.campaigns.subscribing.sessions.read import read_sessions
from services.campaigns.teaching.visits.calendar import sessions_of
from services.campaigns.teaching.visits.read import read_visits
from shared.database import Connection
from shared.languages import _

PAGE = "/planification/eleves"
# $2 is the teacher, who still acts for the school the pupils were enrolled for
THEIRS = """
    r.enrolled_by = $2::uuid AND r.offer_id = s.offer_id
    AND EXISTS (SELECT FROM campaigns.members m WHERE m.person_id = $2::uuid AND m.organisation_id = r.enrolled_for
                AND m.role IN ('owner', 'planner', 'teacher'))
    AND (r.group_id IS NULL OR s.group_id IS NULL OR s.group_id = r.group_id)
    AND (r.status IN ('held', 'confirmed') OR (r.status = 'cancelled' AND s.status = 'cancelled'))"""
SESSIONS = f"EXISTS (SELECT FROM campaigns.registrations r WHERE {THEIRS})"
PUPILS = f"""(
    SELECT jsonb_build_array(jsonb_build_array('', count(*)::text))
    FROM campaigns.registrations r WHERE {THEIRS})"""  # noqa: S608  # its parts are constants
TENTATIVE = f"NOT EXISTS (SELECT FROM campaigns.registrations r WHERE {THEIRS} AND r.status <> 'held')"


async def read_teacher_version(connection: Connection, person_id: UUID) -> str:
    """How many pupils have a seat or held one in each offer and group, what it shows, and the visits as they stand."""
    version: str = await connection.fetchval(
        """
        SELECT string_agg(concat_ws(' ', seats.offer_id, seats.group_id, seats.status, seats.number, f.version), ','
                          ORDER BY seats.offer_id, seats.group_id, seats.status)
        FROM (
            SELECT r.offer_id, r.group_id, r.status, count(*) AS number
            FROM campaigns.registrations r
            JOIN campaigns.members m ON m.person_id = $1 AND m.organisation_id = r.enrolled_for
                 AND m.role IN ('owner', 'planner', 'teacher')
            WHERE r.enrolled_by = $1 AND r.status IN ('held', 'confirmed', 'cancelled')
            GROUP BY r.offer_id, r.group_id, r.status
        ) seats
        LEFT JOIN campaigns.feeds f ON f.scope = 'offer' AND f.subject = seats.offer_id::text
        """,
        person_id,
    )
    visits = await read_visits(connection, person_id)
    return f"{version}|{hashlib.sha256(msgspec.json.encode(visits)).hexdigest()}"


async def read_teacher_entries(connection: Connection, person_id: UUID, *, base_url: str) -> Entries:
    """The visits, and the sessions of the pupils' seats."""
    sessions = await read_sessions(
        connection,
        SESSIONS,
        str(person_id),
        base_url=base_url,
        tentative=TENTATIVE,
        details=PUPILS,
    )
    counted = [
        replace(item, details=tuple((_("Vos élèves"), number) for _label, number in item.details)) for item in sessions
    ]
    visits = sessions_of(await read_visits(connection, person_id), base_url=base_url)
    return Entries(
        name=_("Mes visites et les séances de mes élèves"),
        description=_("Vos visites, et les séances des élèves que vous avez inscrits. Cette adresse est personnelle."),
        path=PAGE,
        sessions=(*visits, *counted),
    )
