"""Remove pupils from a teacher's list: one, a class, or all whose school year is over. Registrations stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.look.words import local_day
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal

REMOVED_AT_ONCE = 1_000


class UnknownListedPupil(Refusal):
    """Nobody of this id is on the asker's own list."""

    reason: ClassVar[str] = "unknown-pupil"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cet élève n’est pas sur votre liste."))


async def remove_pupil(connection: Connection, *, organisation_id: UUID, teacher_id: UUID, pupil_id: UUID) -> None:
    """Remove one; raises `UnknownListedPupil`."""
    rows = await connection.fetch(
        "DELETE FROM campaigns.listed_pupils WHERE id = $1 AND organisation_id = $2 AND teacher_id = $3 RETURNING id",
        pupil_id,
        organisation_id,
        teacher_id,
    )
    if not rows:
        raise UnknownListedPupil
    await _forget(connection, [row["id"] for row in rows])


async def remove_class(connection: Connection, *, organisation_id: UUID, teacher_id: UUID, class_name: str) -> int:
    """Remove a class; how many were on the list."""
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.listed_pupils
        WHERE class_name = $1 AND organisation_id = $2 AND teacher_id = $3 RETURNING id
        """,
        class_name,
        organisation_id,
        teacher_id,
    )
    await _forget(connection, [row["id"] for row in rows])
    return len(rows)


async def remove_old_lists(connection: Connection, *, now: datetime) -> int:
    """Remove pupils of lists whose school year is over; how many, at most a thousand at once."""
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.listed_pupils WHERE id IN (
            SELECT id FROM campaigns.listed_pupils WHERE kept_until < $1
            ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,
        local_day(now),
        REMOVED_AT_ONCE,
    )
    await _forget(connection, [row["id"] for row in rows])
    return len(rows)


async def _forget(connection: Connection, ids: Sequence[UUID]) -> None:
    """Their names, which were the list's alone."""
    await connection.execute("DELETE FROM contract.people WHERE id = ANY($1::uuid[])", list(ids))
