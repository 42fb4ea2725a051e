"""Release the speakers whom a file leaves out: they had confirmed, and it does not name them any more."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.speakers.release_speakers import release_speakers
from shared.database import Connection


async def release_left_out(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """The caller holds the offer's lock, has written the programme, and records it after this."""
    rows = await connection.fetch(
        """
        SELECT q.id, q.session_id FROM campaigns.speaker_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE s.offer_id = $1 AND s.status = 'planned' AND q.status = 'confirmed'
          AND NOT EXISTS (SELECT FROM campaigns.session_speakers link
                          WHERE link.session_id = q.session_id AND link.speaker_id = q.speaker_id)
        """,
        offer_id,
    )
    for row in rows:
        await release_speakers(
            connection, session_ids=[row["session_id"]], reason="replaced", request_id=row["id"], now=now
        )
