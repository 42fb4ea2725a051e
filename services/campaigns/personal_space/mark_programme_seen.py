"""Mark a programme as seen: what changed up to that version is marked no more, for this reader."""

from datetime import datetime
from uuid import UUID

from services.campaigns.personal_space.place import Reader
from shared.database import Connection


async def mark_programme_seen(
    connection: Connection, *, registration_id: UUID, offer_id: UUID, reader: Reader, version: int, now: datetime
) -> None:
    """Doing it twice, or late, is harmless: a version only rises, and never above the offer's own.

    One below what the pupil registered for, or nonsense, is no more than that.
    """
    await connection.execute(
        """
        INSERT INTO campaigns.programmes_seen AS known (registration_id, reader, version, seen_at)
        SELECT r.id, $3, greatest(least($4, o.programme_version), r.programme_joined), $5
        FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE r.id = $1 AND o.id = $2 AND greatest($4, r.programme_joined) > 0
        ON CONFLICT (registration_id, reader) DO UPDATE
        SET version = greatest(known.version, excluded.version), seen_at = excluded.seen_at
        """,
        registration_id,
        offer_id,
        reader,
        version,
        now,
    )
