"""Remove speakers who came and did not agree to be contacted again: a month after, their address is of no more use."""

from datetime import datetime, timedelta

from services.campaigns.offers.speakers.remove_speaker import remove_speaker
from shared.database import Connection

KEPT_AFTER = timedelta(days=30)
REMOVED_AT_ONCE = 100


async def remove_past_speakers(connection: Connection, *, now: datetime) -> int:
    """How many, at most a hundred at once. Who was never invited, or is expected somewhere, stays."""
    rows = await connection.fetch(
        """
        SELECT s.id FROM campaigns.speakers s
        WHERE s.organisation_id IS NOT NULL AND s.removed_at IS NULL AND s.contact_again_at IS NULL
          AND EXISTS (SELECT FROM campaigns.speaker_requests q WHERE q.speaker_id = s.id)
          AND NOT EXISTS (SELECT FROM campaigns.speaker_requests q
                          JOIN campaigns.sessions session ON session.id = q.session_id
                          WHERE q.speaker_id = s.id AND session.ends_at > $1)
          AND NOT EXISTS (SELECT FROM campaigns.session_speakers link
                          WHERE link.speaker_id = s.id AND upper(link.during) > $1)
        ORDER BY s.id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        now - KEPT_AFTER,
        REMOVED_AT_ONCE,
    )
    for row in rows:
        await remove_speaker(connection, speaker_id=row["id"], now=now)
    return len(rows)
