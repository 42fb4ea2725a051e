"""The one-to-one slots in somebody's calendar: a member's, or a pupil's."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.offers.kinds.follow_up.choice.agenda import AgendaSlot
from shared.database import Connection

KEPT = timedelta(days=90)


async def read_agenda(connection: Connection, person_id: UUID, *, now: datetime) -> list[AgendaSlot]:
    """The chosen slots of a member who still plans for the offers' organisations, since three months."""
    rows = await connection.fetch(
        """
        SELECT s.id, o.slug AS offer_slug, o.title AS offer_title, trim(p.first_name || ' ' || p.last_name) AS who,
               s.starts_at, s.ends_at, s.place, coalesce(s.online_url, '') AS online_url, s.booked_at, s.sequence
        FROM campaigns.follow_up_slots s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.members m ON m.organisation_id = o.organisation_id AND m.person_id = s.person_id
             AND m.role IN ('owner', 'planner')
        JOIN campaigns.registrations r ON r.id = s.registration_id AND r.status IN ('held', 'confirmed')
        JOIN contract.people p ON p.id = r.pupil_id
        WHERE s.person_id = $1 AND s.status = 'planned' AND s.starts_at > $2
        ORDER BY s.starts_at LIMIT 1000
        """,
        person_id,
        now - KEPT,
    )
    return [AgendaSlot(**dict(row)) for row in rows]


async def read_slots_of_pupil(connection: Connection, pupil_id: UUID) -> list[AgendaSlot]:
    """The slots a pupil has chosen, in all offers."""
    rows = await connection.fetch(
        """
        SELECT s.id, o.slug AS offer_slug, o.title AS offer_title, trim(f.first_name || ' ' || f.last_name) AS who,
               s.starts_at, s.ends_at, s.place, coalesce(s.online_url, '') AS online_url, s.booked_at, s.sequence
        FROM campaigns.follow_up_slots s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.registrations r ON r.id = s.registration_id AND r.status IN ('held', 'confirmed')
        JOIN contract.people f ON f.id = s.person_id
        WHERE s.pupil_id = $1 AND s.status = 'planned' ORDER BY s.starts_at
        """,
        pupil_id,
    )
    return [AgendaSlot(**dict(row)) for row in rows]
