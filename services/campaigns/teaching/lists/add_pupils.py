"""Add pupils to a teacher's list; who is on it already stays, with the address that is given now."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.look.words import local_day
from services.campaigns.teaching.lists.list_form import NewPupil
from services.campaigns.teaching.period import end_of_school_year
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later
from shared.refusal import Refusal

PUPILS_AT_MOST = 600


class ListFull(Refusal):
    """A teacher follows no more than some hundreds of pupils."""

    reason: ClassVar[str] = "list-full"

    def __init__(self) -> None:
        super().__init__(later("Votre liste est pleine : {most} élèves au plus.", most=PUPILS_AT_MOST))


async def add_pupils(
    connection: Connection, *, organisation_id: UUID, teacher_id: UUID, pupils: Sequence[NewPupil], now: datetime
) -> int:
    """How many are new on the list; two lists at once are one after the other. Raises `ListFull`.

    The list is kept until the end of the school year.
    """
    await connection.execute("SELECT FROM campaigns.accounts WHERE person_id = $1 FOR NO KEY UPDATE", teacher_id)
    rows = await connection.fetch(
        "SELECT mark, id FROM campaigns.listed_pupils WHERE teacher_id = $1 AND organisation_id = $2",
        teacher_id,
        organisation_id,
    )
    known = {row["mark"]: row["id"] for row in rows}
    fresh = [pupil for pupil in pupils if pupil.mark not in known]
    if len(known) + len(fresh) > PUPILS_AT_MOST:
        raise ListFull
    ids = [new_id() for _ in fresh]
    await connection.execute(
        """
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        """,
        ids,
        [pupil.first_name for pupil in fresh],
        [pupil.last_name for pupil in fresh],
        [pupil.email for pupil in fresh],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.listed_pupils
            (id, organisation_id, teacher_id, class_name, mark, added_at, kept_until)
        SELECT id, $3, $4, class_name, mark, $5, $6
        FROM unnest($1::uuid[], $2::text[], $7::text[]) AS t (id, class_name, mark)
        """,
        ids,
        [pupil.class_name for pupil in fresh],
        organisation_id,
        teacher_id,
        now,
        end_of_school_year(local_day(now)),
        [pupil.mark for pupil in fresh],
    )
    await _correct_addresses(connection, [(known[one.mark], one.email) for one in pupils if one.mark in known])
    return len(fresh)


async def _correct_addresses(connection: Connection, given: Sequence[tuple[UUID, str | None]]) -> None:
    await connection.execute(
        """
        UPDATE contract.people p SET email = given.email
        FROM unnest($1::uuid[], $2::text[]) AS given (id, email)
        WHERE p.id = given.id AND given.email IS NOT NULL AND p.email IS DISTINCT FROM given.email
        """,
        [one for one, _ in given],
        [email for _, email in given],
    )
