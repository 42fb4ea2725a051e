"""Recognise the rotation a programme already is: its grid is shown, adjusted and applied as one drawn here."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.rotations.draft_rotation import draft_rotation
from services.campaigns.offers.kinds.rotations.grouped_session import (
    GroupedSession,
    NoRotationInProgramme,
    rotation_of,
)
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection


async def recognise_rotation(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """The version of the rotation; its sessions are from now on the rotation's to change.

    Raises `NoRotationInProgramme`, `OfferAlreadyCancelled`.
    """
    offer = await lock_offer(connection, offer_id)
    rows = await connection.fetch(
        """
        SELECT s.id, g.name AS "group", s.starts_at, s.ends_at, s.title, s.host_id, s.place,
               coalesce(s.room, '') AS room, s.contact, site.pupils_at_most
        FROM campaigns.sessions s
        JOIN campaigns.groups g ON g.id = s.group_id
        LEFT JOIN campaigns.sites site ON site.id = s.site_id
        WHERE s.offer_id = $1 AND s.status = 'planned' ORDER BY s.starts_at, g.name LIMIT 1041
        """,
        offer_id,
    )
    sessions = [GroupedSession(**dict(row)) for row in rows]
    if not sessions:
        raise NoRotationInProgramme
    rotation = rotation_of(sessions, seats=offer.seats)
    version = await draft_rotation(connection, offer_id=offer_id, rotation=rotation, now=now)
    await connection.execute(
        """
        INSERT INTO campaigns.rotation_sessions (session_id, offer_id) SELECT unnest($1::uuid[]), $2
        ON CONFLICT DO NOTHING
        """,
        [session.id for session in sessions],
        offer_id,
    )
    await connection.execute(
        "UPDATE campaigns.rotations SET applied_version = version, applied_at = $2 WHERE offer_id = $1", offer_id, now
    )
    return version
