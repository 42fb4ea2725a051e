"""Remove a visit from a teacher's plan; calendars are told for a while that it is off, then it is forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.teaching.visits.visit import UnknownVisit, VisitChangedMeanwhile
from shared.database import Connection

TOLD_FOR = timedelta(days=90)
KEPT_FOR = timedelta(days=396)
REMOVED_AT_ONCE = 1_000


async def remove_visit(
    connection: Connection,
    *,
    organisation_id: UUID,
    teacher_id: UUID,
    session_id: UUID,
    version: int | None = None,
    now: datetime,
) -> bool:
    """Whether it was planned until now; raises `UnknownVisit` where it never was, `VisitChangedMeanwhile`."""
    row = await connection.fetchrow(
        """
        SELECT id, version, removed_at FROM campaigns.visits
        WHERE teacher_id = $1 AND organisation_id = $2 AND session_id = $3 FOR UPDATE
        """,
        teacher_id,
        organisation_id,
        session_id,
    )
    if row is None:
        raise UnknownVisit
    if row["removed_at"] is not None:
        return False
    if version is not None and row["version"] != version:
        raise VisitChangedMeanwhile
    await connection.execute(
        """
        UPDATE campaigns.visits
        SET removed_at = $2, changed_at = $2, announced = false, sequence = sequence + 1, version = version + 1
        WHERE id = $1
        """,
        row["id"],
        now,
    )
    return True


async def remove_old_visits(connection: Connection, *, now: datetime) -> int:
    """Forget visits removed ninety days ago, and those of sessions that ended thirteen months ago, with their notes.

    How many, at most a thousand at once.
    """
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.visits WHERE id IN (
            SELECT v.id FROM campaigns.visits v JOIN campaigns.sessions s ON s.id = v.session_id
            WHERE v.removed_at <= $1 OR s.ends_at <= $2
            ORDER BY v.id LIMIT $3 FOR UPDATE OF v SKIP LOCKED)
        RETURNING id
        """,
        now - TOLD_FOR,
        now - KEPT_FOR,
        REMOVED_AT_ONCE,
    )
    return len(rows)
