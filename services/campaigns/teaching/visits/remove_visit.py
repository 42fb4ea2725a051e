"""Remove a visit from a teacher's plan; calendars are told for a while that it is off, then it is forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.teaching.visits.visit import UnknownVisit, VisitChangedMeanwhile
from shared.database import Connection

TOLD_FOR = timedelta(days=90)
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
    """Forget visits removed 90 days ago; how many, at most a thousand at once."""
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.visits WHERE id IN (
            SELECT id FROM campaigns.visits WHERE removed_at <= $1
            ORDER BY removed_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,
        now - TOLD_FOR,
        REMOVED_AT_ONCE,
    )
    return len(rows)
