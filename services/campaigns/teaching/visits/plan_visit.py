"""Plan a visit to a session, or move it: within the session, at no time at which the teacher is elsewhere."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.teaching.read import HAS_A_PUPIL
from services.campaigns.teaching.visits.read import list_visits, read_visits
from services.campaigns.teaching.visits.visit import (
    LASTS,
    LONGEST,
    SHORTEST,
    UnknownVisit,
    Visit,
    VisitChangedMeanwhile,
    VisitClash,
    VisitOff,
    VisitOutside,
)
from shared.database import Connection
from shared.identifiers import new_id


async def plan_visit(
    connection: Connection,
    *,
    organisation_id: UUID,
    teacher_id: UUID,
    session_id: UUID,
    starts_at: datetime | None = None,
    lasts: timedelta | None = None,
    note: str = "",
    announced: bool = False,
    version: int | None = None,
    now: datetime,
) -> Visit:
    """The visit as it stands. Without a time it begins with the session, or where it was.

    The same again changes nothing. Two plans at once are one after the other. Raises `UnknownVisit` where no pupil of
    the teacher is expected, `VisitOff` for a session that is cancelled or over, `VisitOutside`, `VisitClash`, and
    `VisitChangedMeanwhile` where `version` is not the visit's.
    """
    await connection.execute("SELECT FROM campaigns.accounts WHERE person_id = $1 FOR NO KEY UPDATE", teacher_id)
    # who cancels the session waits, or is waited for
    session = await connection.fetchrow(
        f"""
        SELECT s.id, s.starts_at, s.ends_at, s.status = 'planned' AND o.status IN ('published', 'closed') AS takes_place
        FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE s.id = $1 AND {HAS_A_PUPIL}
        FOR SHARE OF s
        """,  # noqa: S608  # HAS_A_PUPIL is a constant
        session_id,
        teacher_id,
        organisation_id,
    )
    planned = await list_visits(connection, organisation_id=organisation_id, teacher_id=teacher_id)
    known = next((visit for visit in planned if visit.session_id == session_id), None)
    if session is None:
        raise UnknownVisit
    if version is not None and (known is None or known.version != version):
        raise VisitChangedMeanwhile
    if not session["takes_place"] or session["ends_at"] <= now:
        raise VisitOff
    lasts = min(
        lasts or (known.ends_at - known.starts_at if known else LASTS), session["ends_at"] - session["starts_at"]
    )
    if starts_at is None:
        starts_at = known.starts_at if known else session["starts_at"]
    after_start = starts_at - session["starts_at"]
    within = session["starts_at"] <= starts_at <= session["ends_at"] - lasts
    if not within or not SHORTEST <= lasts <= LONGEST:
        raise VisitOutside(session["starts_at"], session["ends_at"])
    # elsewhere for whatever school
    for other in await _others(connection, teacher_id, session_id):
        if other.starts_at < starts_at + lasts and starts_at < other.ends_at:
            raise VisitClash(other.whom, other.starts_at, other.ends_at)
    await _write(
        connection,
        (organisation_id, teacher_id, session_id),
        after_start=after_start,
        lasts=lasts,
        note=note,
        announced=announced,
        now=now,
    )
    (visit,) = await list_visits(
        connection, organisation_id=organisation_id, teacher_id=teacher_id, session_id=session_id
    )
    return visit


async def _others(connection: Connection, teacher_id: UUID, session_id: UUID) -> list[Visit]:
    """Where else the teacher goes, whatever school they go for."""
    return [one for one in await read_visits(connection, teacher_id) if one.planned and one.session_id != session_id]


async def _write(
    connection: Connection,
    key: tuple[UUID, UUID, UUID],
    *,
    after_start: timedelta,
    lasts: timedelta,
    note: str,
    announced: bool,
    now: datetime,
) -> None:
    """One row a session: a visit that was removed comes back as the same one, which calendars know."""
    organisation_id, teacher_id, session_id = key
    await connection.execute(
        """
        INSERT INTO campaigns.visits AS known
            (id, organisation_id, teacher_id, session_id, after_start, lasts, note, announced, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (teacher_id, organisation_id, session_id) DO UPDATE
            SET after_start = excluded.after_start, lasts = excluded.lasts, note = excluded.note,
                announced = excluded.announced, changed_at = excluded.changed_at, removed_at = NULL,
                sequence = known.sequence + 1, version = known.version + 1
            WHERE (known.after_start, known.lasts, known.note, known.announced, known.removed_at IS NULL)
                  IS DISTINCT FROM (excluded.after_start, excluded.lasts, excluded.note, excluded.announced, true)
        """,
        new_id(),
        organisation_id,
        teacher_id,
        session_id,
        after_start,
        lasts,
        note,
        announced,
        now,
    )
