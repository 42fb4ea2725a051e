"""What is read of correspondents: the list of an organisation, one of them with all that is kept, who declined."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.campaigns.announcing.correspondents.correspondent import MESSAGES, Correspondent, UnknownCorrespondent
from shared.database import Connection

# $1 is the organisation, $2 the messages nobody gets who wants none of one of them
CORRESPONDENT = """
    SELECT c.person_id AS id, c.school_uai AS uai, c.role, p.first_name, p.last_name, p.email, c.source, c.listed_at,
           c.changed_at, c.kept_until, c.mark,
           (SELECT min(u.since) FROM contract.unwanted u
            WHERE u.person_id = c.person_id AND u.message = ANY($2::text[])) AS declined_at,
           EXISTS (SELECT FROM contract.suppressions s WHERE s.address = lower(p.email)) AS refused
    FROM campaigns.correspondents c JOIN contract.people p ON p.id = c.person_id
    WHERE c.organisation_id = $1
"""


class Counts(Struct, frozen=True):
    """How many are on a list, of how many schools, and how many of them are not written to."""

    people: int
    schools: int
    declined: int
    refused: int
    without_address: int


class SentLetter(Struct, frozen=True):
    """One mail to a correspondent, and what became of it."""

    message: str
    state: str
    due_at: datetime
    sent_at: datetime | None


async def list_correspondents(connection: Connection, organisation_id: UUID) -> list[Correspondent]:
    """All of them, by school."""
    rows = await connection.fetch(
        f"{CORRESPONDENT} ORDER BY c.school_uai, c.person_id",
        organisation_id,
        list(MESSAGES),
    )
    return [correspondent_of(row) for row in rows]


async def page_of_correspondents(
    connection: Connection, organisation_id: UUID, *, words: str = "", after: UUID | None, limit: int
) -> list[Correspondent]:
    """A page of the list by school, behind the one of id `after`; `words` are looked for in name, address and code."""
    rows = await connection.fetch(
        f"""
        SELECT * FROM ({CORRESPONDENT}) listed
        WHERE ($3 = '' OR position(lower($3) IN lower(concat_ws(' ', first_name, last_name, email, uai))) > 0)
          AND ($4::uuid IS NULL OR (uai, id) > (SELECT school_uai, person_id FROM campaigns.correspondents
                                                WHERE person_id = $4 AND organisation_id = $1))
        ORDER BY uai, id LIMIT $5
        """,  # noqa: S608  # a constant of this module
        organisation_id,
        list(MESSAGES),
        words,
        after,
        limit,
    )
    return [correspondent_of(row) for row in rows]


async def read_correspondent(connection: Connection, organisation_id: UUID, person_id: UUID) -> Correspondent:
    """One of the list; raises `UnknownCorrespondent`."""
    row = await connection.fetchrow(f"{CORRESPONDENT} AND c.person_id = $3", organisation_id, list(MESSAGES), person_id)
    if row is None:
        raise UnknownCorrespondent
    return correspondent_of(row)


async def list_letters_to(connection: Connection, person_id: UUID) -> list[SentLetter]:
    """What was sent to one person, the newest first."""
    rows = await connection.fetch(
        """
        SELECT message, state, due_at, sent_at FROM contract.deliveries
        WHERE recipient_id = $1 ORDER BY due_at DESC, message LIMIT 100
        """,
        person_id,
    )
    return [SentLetter(**dict(row)) for row in rows]


async def count_listed(connection: Connection, organisation_id: UUID) -> Counts:
    """The list in figures."""
    row = await connection.fetchrow(
        f"""
        SELECT count(*)::int AS people, count(DISTINCT uai)::int AS schools,
               (count(*) FILTER (WHERE declined_at IS NOT NULL))::int AS declined,
               (count(*) FILTER (WHERE refused))::int AS refused,
               (count(*) FILTER (WHERE email IS NULL))::int AS without_address
        FROM ({CORRESPONDENT}) listed
        """,  # noqa: S608  # a constant of this module
        organisation_id,
        list(MESSAGES),
    )
    return Counts(**dict(row)) if row else Counts(0, 0, 0, 0, 0)


def correspondent_of(row: Any) -> Correspondent:
    """A row of `CORRESPONDENT`."""
    return Correspondent(**{name: row[name] for name in Correspondent.__struct_fields__})
