"""Remove tombstones: a session cancelled 90 days ago leaves the feeds, which are raised by it."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.database import Connection

KEPT = timedelta(days=90)


async def remove_tombstones(connection: Connection, *, now: datetime) -> int:
    """How many sessions of one offer were removed; 0 when nothing is left to do, or only in offers under change."""
    offer_id = await connection.fetchval(
        """
        SELECT id FROM campaigns.offers
        WHERE id IN (SELECT offer_id FROM campaigns.sessions WHERE cancelled_at <= $1 AND removed_at IS NULL)
        ORDER BY id LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED
        """,
        now - KEPT,
    )
    if offer_id is None:
        return 0
    removed = await connection.fetch(
        """
        UPDATE campaigns.sessions SET removed_at = $2
        WHERE offer_id = $3 AND cancelled_at <= $1 AND removed_at IS NULL
        RETURNING id
        """,
        now - KEPT,
        now,
        offer_id,
    )
    await _raise_feeds(connection, [row["id"] for row in removed], now=now)
    return len(removed)


async def _raise_feeds(connection: Connection, session_ids: list[UUID], *, now: datetime) -> None:
    """Raise every feed the sessions were in, taken in the order of their slugs like everywhere.

    No two versions of a feed have the same second, so that Last-Modified tells them apart.
    """
    await connection.execute(
        """
        WITH shown AS (
            SELECT s.offer_id, o.campaign_id, o.organisation_id, s.host_id, d.sector
            FROM campaigns.sessions s
            JOIN campaigns.offers o ON o.id = s.offer_id
            JOIN campaigns.days d ON d.id = s.day_id
            WHERE s.id = ANY($1::uuid[])
        ), raised AS (
            SELECT slug FROM campaigns.feeds
            WHERE (scope, subject) IN (
                SELECT 'offer', offer_id::text FROM shown
                UNION SELECT 'campaign', campaign_id::text FROM shown
                UNION SELECT 'organisation', organisation_id::text FROM shown
                UNION SELECT 'organisation', host_id::text FROM shown
                UNION SELECT 'sector', sector FROM shown)
            ORDER BY slug FOR NO KEY UPDATE
        )
        UPDATE campaigns.feeds f
        SET version = f.version + 1,
            changed_at = greatest(date_trunc('second', $2::timestamptz),
                                  date_trunc('second', f.changed_at) + interval '1 second')
        FROM raised WHERE f.slug = raised.slug
        """,
        session_ids,
        now,
    )
