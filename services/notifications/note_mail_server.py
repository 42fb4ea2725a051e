"""Note the mail server: that it does not answer, who tries it next, and that it is back."""

import random
from datetime import datetime, timedelta

import structlog

from shared.database import Connection

# while it is away it is tried this often at first, and not more rarely than that
FIRST_PROBE, LAST_PROBE = timedelta(seconds=1), timedelta(seconds=15)

log = structlog.get_logger()


async def note_away(connection: Connection, server: str, *, error: str, now: datetime) -> None:
    """The circuit is open: until its time nobody tries, and no delivery is touched. Several may say so at once."""
    opened = await connection.fetchval(
        """
        INSERT INTO notifications.mail_servers AS known (server, away_since, failures, probe_at, error)
        VALUES ($1, $2::timestamptz, 1, $2::timestamptz + $3::interval, $4)
        ON CONFLICT (server) DO UPDATE SET error = excluded.error
        RETURNING xmax = 0
        """,
        server,
        now,
        FIRST_PROBE * random.uniform(0.75, 1.25),  # noqa: S311  # spreads load, guards nothing
        error,
    )
    if opened:
        log.warning("mail_server.away", error=error)


async def may_probe(connection: Connection, server: str, *, now: datetime) -> bool:
    """Whether the caller, and nobody else, is to try the server now; the next try is later than this one was."""
    return bool(
        await connection.fetchval(
            """
            UPDATE notifications.mail_servers
            SET failures = failures + 1,
                probe_at = $2::timestamptz + least($3::interval * 2 ^ least(failures, 10), $4::interval) * $5::float
            WHERE server = $1 AND probe_at <= $2 RETURNING true
            """,
            server,
            now,
            FIRST_PROBE,
            LAST_PROBE,
            random.uniform(0.75, 1.25),  # noqa: S311  # spreads load, guards nothing
        )
    )


async def note_back(connection: Connection, server: str, *, now: datetime) -> bool:
    """The circuit is closed, and what was lost on the way is due at once; whether it was open."""
    was_away = await connection.fetchval(
        "DELETE FROM notifications.mail_servers WHERE server = $1 RETURNING true", server
    )
    if was_away:
        await connection.execute(
            """
            UPDATE notifications.deliveries SET due_at = $1
            WHERE id IN (SELECT id FROM notifications.deliveries
                         WHERE state = 'due' AND losses > 0 AND due_at > $1 AND turn_at IS NULL
                         ORDER BY id FOR UPDATE SKIP LOCKED)
            """,
            now,
        )
        log.info("mail_server.back")
    return bool(was_away)
