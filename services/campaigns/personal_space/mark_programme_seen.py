"""Mark a programme as seen: what changed up to that version is marked no more, for this reader."""

from datetime import datetime
from uuid import UUID

from services.campaigns.personal_space.place import Reader
from shared.database import Connection


async def mark_programme_seen(
    connection: Connection, *, registration_id: UUID, offer_id: UUID, reader: Reader, version: int, now: datetime
) -> None:
    """Doing it twice, or late, is harmless: a version only rises, and never above the offer's own."""
    await connection.execute(
        """
        INSERT INTO campaigns.programmes_seen AS known (registration_id, reader, version, seen_at)
        SELECT $1, $3, least($4, o.programme_version), $5 FROM campaigns.offers o WHERE o.id = $2
        ON CONFLICT (registration_id, reader) DO UPDATE
        SET version = greatest(known.version, excluded.version), seen_at = excluded.seen_at
        """,
        registration_id,
        offer_id,
        reader,
        version,
        now,
    )
