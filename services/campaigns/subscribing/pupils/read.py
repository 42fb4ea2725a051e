"""What is read for the calendar of a pupil."""

from uuid import UUID

from services.campaigns.offers.kinds.follow_up.choice.agenda import sessions_of
from services.campaigns.offers.kinds.follow_up.choice.read import read_slots_of_pupil
from services.campaigns.subscribing.holding import Entries
from services.campaigns.subscribing.sessions.read import read_sessions
from shared.database import Connection
from shared.languages import _

# $2 is the pupil. Who is in no group yet is shown all; an offer that was cancelled leaves its tombstones.
SESSIONS = """EXISTS (
    SELECT FROM campaigns.registrations r
    WHERE r.pupil_id = $2::uuid AND r.offer_id = s.offer_id
      AND (r.group_id IS NULL OR s.group_id IS NULL OR s.group_id = r.group_id)
      AND (r.status IN ('held', 'confirmed') OR (r.status = 'cancelled' AND s.status = 'cancelled')))"""
# whether the seat is only held
TENTATIVE = """EXISTS (
    SELECT FROM campaigns.registrations r
    WHERE r.pupil_id = $2::uuid AND r.offer_id = s.offer_id AND r.status = 'held')"""


async def read_pupil_version(connection: Connection, pupil_id: UUID) -> str:
    """Each registration and what it shows of its offer, and the slots that were chosen."""
    version: str = await connection.fetchval(
        """
        SELECT concat_ws('|',
            (SELECT string_agg(concat_ws(' ', r.id, r.status, r.group_id, f.version), ',' ORDER BY r.id)
             FROM campaigns.registrations r
             LEFT JOIN campaigns.feeds f ON f.scope = 'offer' AND f.subject = r.offer_id::text
             WHERE r.pupil_id = $1),
            (SELECT string_agg(concat_ws(' ', s.id, s.sequence), ',' ORDER BY s.id)
             FROM campaigns.follow_up_slots s WHERE s.pupil_id = $1 AND s.status = 'planned'))
        """,
        pupil_id,
    )
    return version


async def read_pupil_entries(connection: Connection, pupil_id: UUID, *, base_url: str) -> Entries:
    """The sessions of all seats, and the slots."""
    sessions = await read_sessions(connection, SESSIONS, str(pupil_id), base_url=base_url, tentative=TENTATIVE)
    slots = sessions_of(await read_slots_of_pupil(connection, pupil_id), base_url=base_url, path="/offres/{}")
    return Entries(
        name=_("Mes séances"),
        description=_("Les séances auxquelles je suis inscrit. Cette adresse est personnelle."),
        path="/",
        sessions=(*sessions, *slots),
    )
