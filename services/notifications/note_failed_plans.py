"""Note failed plans: a fact that cannot be planned is put aside after a while, and tried again once an hour."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from shared.database import Connection

# with the waits of the relay: about two minutes
PUT_ASIDE_AFTER = 10
AGAIN_AFTER = timedelta(hours=1)

log = structlog.get_logger()


async def note_failed_plans(connection: Connection, failed: Mapping[UUID, Mapping[str, str]], *, now: datetime) -> None:
    """Count one failure of each event; `failed` says of each what was raised and where (see failure.py).

    Whatever was wrong may be mended by a new version or a repaired row: nothing is ever given up. That a fact was put
    aside is logged once.
    """
    if not failed:
        return
    rows = await connection.fetch(
        """
        INSERT INTO notifications.unplanned_events AS known (event_id, failures, error, failed_at)
        SELECT event_id, 1, error, $3 FROM unnest($1::uuid[], $2::text[]) AS failed (event_id, error)
        ON CONFLICT (event_id) DO UPDATE
        SET failures = known.failures + 1, error = excluded.error, failed_at = excluded.failed_at,
            again_at = CASE WHEN known.failures + 1 >= $4 THEN excluded.failed_at + $5::interval END
        RETURNING event_id, failures
        """,
        sorted(failed),
        [failed[event_id].get("error", "") for event_id in sorted(failed)],
        now,
        PUT_ASIDE_AFTER,
        AGAIN_AFTER,
    )
    for row in rows:
        said = {"event_id": str(row["event_id"]), "failures": row["failures"], **failed[row["event_id"]]}
        if row["failures"] < PUT_ASIDE_AFTER:
            log.warning("plan.failed", **said)
        elif row["failures"] == PUT_ASIDE_AFTER:
            log.error("event.put_aside", **said)
