"""What a teacher's link opens: the pupils who named them.

Another room finds a teacher's own pupils in `campaigns.referent_teachers` (status confirmed or corrected).
"""

from itertools import groupby
from operator import itemgetter
from uuid import UUID

from asyncpg import Record

from services.campaigns.offers.referents.referent import MINE, NamedOffer, NamedPupil, Said, UnknownTeacherLink
from shared.database import Connection
from shared.signed_links import Signer


async def read_teacher(connection: Connection, signer: Signer, token: str) -> UUID:
    """The teacher behind a link; raises `UnknownTeacherLink`."""
    signed = signer.read("teacher_link", token)
    version = await connection.fetchval(
        """
        SELECT t.token_version FROM campaigns.referents t JOIN contract.people p ON p.id = t.person_id
        WHERE t.person_id = $1 AND p.erased_at IS NULL
        """,
        signed.id,
    )
    if version is None or version != signed.version:
        raise UnknownTeacherLink
    return signed.id


async def list_named_pupils(
    connection: Connection, teacher_id: UUID, *, pupil_id: UUID | None = None
) -> list[NamedPupil]:
    """Who named the teacher in a registration that lives; of offers, only those in which they are said to be theirs.

    Other registrations of the pupil stay unsaid: whoever registers a pupil may name anybody.
    """
    rows = await connection.fetch(
        """
        SELECT pupil.id, person.first_name, person.last_name, pupil.school_name, pupil.class_name,
               named.status AS said, o.slug, o.title, coalesce(o.city, '') AS city, r.status,
               (lower(o.busy) AT TIME ZONE 'Europe/Paris')::date AS first_day,
               (upper(o.busy) AT TIME ZONE 'Europe/Paris')::date AS last_day
        FROM campaigns.referent_teachers named
        JOIN campaigns.pupils pupil ON pupil.id = named.pupil_id
        JOIN contract.people person ON person.id = pupil.id AND person.erased_at IS NULL
        JOIN campaigns.registrations r ON r.id = named.registration_id
            AND r.status IN ('waiting', 'held', 'confirmed') AND r.held_for IS DISTINCT FROM 'address'
        JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE named.teacher_id = $1 AND ($2::uuid IS NULL OR pupil.id = $2)
        ORDER BY bool_and(named.status <> 'asked') OVER (PARTITION BY pupil.id), person.last_name, person.first_name,
                 pupil.id, r.id
        """,
        teacher_id,
        pupil_id,
    )
    return [_pupil(list(of_one)) for _id, of_one in groupby(rows, key=itemgetter("id"))]


async def read_named_pupil(connection: Connection, teacher_id: UUID, pupil_id: UUID) -> NamedPupil:
    """One of them; raises `UnknownTeacherLink`."""
    found = await list_named_pupils(connection, teacher_id, pupil_id=pupil_id)
    if not found:
        raise UnknownTeacherLink
    return found[0]


def _pupil(rows: list[Record]) -> NamedPupil:
    row = rows[0]
    said: list[Said] = [each["said"] for each in rows]
    return NamedPupil(
        id=row["id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        school_name=row["school_name"],
        class_name=row["class_name"],
        said=next((each for each in ("asked", *MINE) if each in said), "unknown"),
        offers=tuple(
            NamedOffer(**{name: each[name] for name in NamedOffer.__struct_fields__})
            for each in rows
            if each["said"] in MINE
        ),
    )
