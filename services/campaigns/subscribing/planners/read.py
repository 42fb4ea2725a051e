"""What is read for the calendars of a planner."""

from uuid import UUID

from services.campaigns.offers.kinds.follow_up.choice.agenda import sessions_of
from services.campaigns.offers.kinds.follow_up.choice.read import read_agenda
from services.campaigns.subscribing.holding import Entries
from services.campaigns.subscribing.sessions.read import read_sessions
from shared.calendar.feed import FeedSession
from shared.database import Connection
from shared.languages import _

HOME = "/planification"
# $2 is the planner: of the organisations they plan for now
SESSIONS = """o.organisation_id IN (
    SELECT m.organisation_id FROM campaigns.members m
    WHERE m.person_id = $2::uuid AND m.role IN ('owner', 'planner'))"""


async def read_planner_version(connection: Connection, person_id: UUID) -> str:
    """The version of each organisation's own calendar, which rises with whatever is shown of its offers; the slots."""
    version: str = await connection.fetchval(
        """
        SELECT string_agg(concat_ws(' ', m.organisation_id, f.version), ',' ORDER BY m.organisation_id)
        FROM campaigns.members m
        LEFT JOIN campaigns.feeds f ON f.scope = 'organisation' AND f.subject = m.organisation_id::text
        WHERE m.person_id = $1 AND m.role IN ('owner', 'planner')
        """,
        person_id,
    )
    return f"{version}|{await read_slots_version(connection, person_id)}"


async def read_planner_entries(connection: Connection, person_id: UUID, *, base_url: str) -> Entries:
    """The sessions of the published offers of every organisation one plans for, and one's own slots."""
    sessions = await read_sessions(connection, SESSIONS, str(person_id), base_url=base_url)
    return Entries(
        name=_("Les séances que j’organise"),
        description=_("Les séances des offres publiées par vos organisations, et vos entretiens de suivi."),
        path=HOME,
        sessions=(*sessions, *await _read_slots(connection, person_id, base_url)),
    )


async def read_slots_version(connection: Connection, person_id: UUID) -> str:
    """Each chosen slot of three months back and to come, with the name of who chose it."""
    version: str = await connection.fetchval(
        """
        SELECT coalesce(string_agg(concat_ws(' ', s.id, s.sequence, r.id, r.status, m.id, p.first_name, p.last_name),
                                   ',' ORDER BY s.id), '')
        FROM campaigns.follow_up_slots s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.members m ON m.organisation_id = o.organisation_id AND m.person_id = s.person_id
             AND m.role IN ('owner', 'planner')
        JOIN campaigns.registrations r ON r.id = s.registration_id
        JOIN contract.people p ON p.id = r.pupil_id
        WHERE s.person_id = $1 AND s.status = 'planned' AND s.starts_at > now() - interval '90 days'
        """,
        person_id,
    )
    return version


async def read_slots_entries(connection: Connection, person_id: UUID, *, base_url: str) -> Entries:
    """The slots alone, for who keeps their own appointments apart."""
    return Entries(
        name=_("Mes entretiens de suivi"),
        description=_("Les créneaux que des élèves ont choisis. Cette adresse est personnelle."),
        path=HOME,
        sessions=await _read_slots(connection, person_id, base_url),
    )


async def _read_slots(connection: Connection, person_id: UUID, base_url: str) -> list[FeedSession]:
    now = await connection.fetchval("SELECT now()")
    return sessions_of(await read_agenda(connection, person_id, now=now), base_url=base_url)
