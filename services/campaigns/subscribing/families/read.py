"""What is read for the calendar of a guardian: a new person with each registration, who is known by the address."""

from uuid import UUID

from services.campaigns.offers.kinds.follow_up.choice.agenda import AgendaSlot, sessions_of
from services.campaigns.subscribing.families.family import say_whose
from services.campaigns.subscribing.holding import Entries
from services.campaigns.subscribing.sessions.read import read_sessions
from shared.database import Connection
from shared.languages import _

# $2 is everybody a guardian is. Nothing is told of a seat whose address was not proved yet: nobody else is told of it.
THEIRS = """
    r.guardian_id = ANY($2::uuid[]) AND r.offer_id = s.offer_id
    AND (r.group_id IS NULL OR s.group_id IS NULL OR s.group_id = r.group_id)
    AND (r.status = 'confirmed' OR (r.status = 'held' AND r.held_for <> 'address')
         OR (r.status = 'cancelled' AND s.status = 'cancelled'))"""
SESSIONS = f"EXISTS (SELECT FROM campaigns.registrations r WHERE {THEIRS})"
CHILDREN = f"""(
    SELECT jsonb_agg(jsonb_build_array(p.first_name, r.status) ORDER BY p.first_name, r.id)
    FROM campaigns.registrations r JOIN contract.people p ON p.id = r.pupil_id WHERE {THEIRS})"""  # noqa: S608  # its parts are constants


async def read_family_version(connection: Connection, person_id: UUID) -> str:
    """Each child's registration and what it shows of its offer, their first names, and the slots that were chosen."""
    version: str = await connection.fetchval(
        """
        SELECT concat_ws('|',
            string_agg(concat_ws(' ', r.id, r.status, r.held_for, r.group_id, f.version, p.first_name, slots.chosen),
                       ',' ORDER BY r.id))
        FROM campaigns.registrations r
        JOIN contract.people p ON p.id = r.pupil_id
        LEFT JOIN campaigns.feeds f ON f.scope = 'offer' AND f.subject = r.offer_id::text
        LEFT JOIN LATERAL (
            SELECT string_agg(concat_ws(' ', s.id, s.sequence), ' ' ORDER BY s.id) AS chosen
            FROM campaigns.follow_up_slots s WHERE s.registration_id = r.id AND s.status = 'planned') slots ON true
        WHERE r.guardian_id = ANY($1::uuid[])
        """,
        await _everybody(connection, person_id),
    )
    return version


async def read_family_entries(connection: Connection, person_id: UUID, *, base_url: str) -> Entries:
    """The sessions of all children, each once, however many of them go; and their slots."""
    everybody = await _everybody(connection, person_id)
    sessions = await read_sessions(connection, SESSIONS, everybody, base_url=base_url, details=CHILDREN)
    slots = sessions_of(await _read_slots(connection, everybody), base_url=base_url, path="/offres/{}")
    return Entries(
        name=_("Les séances de mes enfants"),
        description=_("Les séances auxquelles vos enfants sont inscrits. Cette adresse est personnelle."),
        path="/",
        sessions=(*say_whose(sessions), *slots),
    )


async def _everybody(connection: Connection, person_id: UUID) -> list[UUID]:
    """All people with the address of this one."""
    rows = await connection.fetch(
        """
        SELECT same.id FROM contract.people me
        JOIN contract.people same ON lower(same.email) = lower(me.email) AND same.erased_at IS NULL
             AND same.email IS NOT NULL
        WHERE me.id = $1 AND me.erased_at IS NULL ORDER BY same.id
        """,
        person_id,
    )
    return [row["id"] for row in rows]


async def _read_slots(connection: Connection, everybody: list[UUID]) -> list[AgendaSlot]:
    rows = await connection.fetch(
        """
        SELECT s.id, o.slug AS offer_slug, o.title AS offer_title, p.first_name AS who, s.starts_at, s.ends_at, s.place,
               coalesce(s.online_url, '') AS online_url, s.booked_at, s.sequence
        FROM campaigns.registrations r
        JOIN campaigns.follow_up_slots s ON s.registration_id = r.id AND s.status = 'planned'
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN contract.people p ON p.id = r.pupil_id
        WHERE r.guardian_id = ANY($1::uuid[]) AND r.status IN ('held', 'confirmed') ORDER BY s.starts_at, s.id
        """,
        everybody,
    )
    return [AgendaSlot(**dict(row)) for row in rows]
