"""Keep correspondents: a list is brought, and whoever is on it already is the same person, at what it says now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.announcing.correspondents.correspondent import (
    LISTED_AT_MOST,
    MESSAGES,
    Listed,
    ListTooLong,
    Meeting,
    kept_until,
    mark_of,
    meet,
)
from services.campaigns.announcing.correspondents.read import list_correspondents
from shared.database import Connection
from shared.identifiers import new_id
from shared.signed_links import Signer


class Kept(Struct, frozen=True):
    """What keeping a list came to."""

    added: int
    changed: int
    unchanged: int
    declined: int = 0


async def keep_correspondents(
    connection: Connection,
    *,
    organisation_id: UUID,
    lines: Sequence[Listed],
    source: str,
    signer: Signer,
    now: datetime,
) -> Kept:
    """The same list twice is the same list; two lists at once are one after the other. Raises `ListTooLong`.

    Who declined stays so, whether they are still on the list or come back to it. Who is not in `lines` stays as well.
    """
    await connection.execute("SELECT FROM campaigns.organisations WHERE id = $1 FOR NO KEY UPDATE", organisation_id)
    known = await list_correspondents(connection, organisation_id)
    meetings = meet(lines, known)
    fresh = [(new_id(), each.line) for each in meetings if each.known is None]
    if len(known) + len(fresh) > LISTED_AT_MOST:
        raise ListTooLong
    await _change(connection, organisation_id, meetings, source, signer, now)
    await _add(connection, organisation_id, fresh, source, signer, now)
    declined = await _decline_again(connection, organisation_id, [person_id for person_id, _ in fresh])
    changed = sum(each.changed for each in meetings)
    return Kept(len(fresh), changed, len(meetings) - len(fresh) - changed, declined)


async def _change(
    connection: Connection,
    organisation_id: UUID,
    meetings: Sequence[Meeting],
    source: str,
    signer: Signer,
    now: datetime,
) -> None:
    """What a list says of who is known; an address somebody declined at is remembered when they move to another."""
    met = [(each.known, each.line, each.changed) for each in meetings if each.known is not None]
    moved = [
        (mark_of(one.email, signer), one.declined_at)
        for one, line, _ in met
        if one.declined_at and one.email and line.email and one.email.lower() != line.email.lower()
    ]
    await connection.execute(
        """
        INSERT INTO campaigns.correspondents_declined (organisation_id, mark, since)
        SELECT $1, mark, since FROM unnest($2::bytea[], $3::timestamptz[]) AS moved (mark, since) ON CONFLICT DO NOTHING
        """,
        organisation_id,
        [mark for mark, _ in moved],
        [since for _, since in moved],
    )
    await connection.execute(
        """
        UPDATE contract.people p SET first_name = said.first_name, last_name = said.last_name, email = said.email
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS said (id, first_name, last_name, email)
        WHERE p.id = said.id
          AND (p.first_name, p.last_name, p.email) IS DISTINCT FROM (said.first_name, said.last_name, said.email)
        """,
        [one.id for one, _, _ in met],
        [line.first_name for _, line, _ in met],
        [line.last_name for _, line, _ in met],
        [line.email for _, line, _ in met],
    )
    await connection.execute(
        """
        UPDATE campaigns.correspondents c
        SET school_uai = said.uai, role = said.role, mark = said.mark, source = $6, kept_until = $7,
            changed_at = CASE WHEN said.changed THEN $8 ELSE c.changed_at END
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bool[])
            AS said (id, uai, role, mark, changed)
        WHERE c.person_id = said.id
        """,
        [one.id for one, _, _ in met],
        [line.uai for _, line, _ in met],
        [line.role for _, line, _ in met],
        [mark_of(line.email, signer) if line.email else None for _, line, _ in met],
        [changed for _, _, changed in met],
        source,
        kept_until(now),
        now,
    )


async def _add(
    connection: Connection,
    organisation_id: UUID,
    fresh: Sequence[tuple[UUID, Listed]],
    source: str,
    signer: Signer,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        """,
        [person_id for person_id, _ in fresh],
        [line.first_name for _, line in fresh],
        [line.last_name for _, line in fresh],
        [line.email for _, line in fresh],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.correspondents
            (person_id, organisation_id, school_uai, role, mark, source, listed_at, changed_at, kept_until)
        SELECT id, $2, uai, role, mark, $3, $4, $4, $5
        FROM unnest($1::uuid[], $6::text[], $7::text[], $8::bytea[]) AS fresh (id, uai, role, mark)
        """,
        [person_id for person_id, _ in fresh],
        organisation_id,
        source,
        now,
        kept_until(now),
        [line.uai for _, line in fresh],
        [line.role for _, line in fresh],
        [mark_of(line.email, signer) if line.email else None for _, line in fresh],
    )


async def _decline_again(connection: Connection, organisation_id: UUID, fresh: Sequence[UUID]) -> int:
    """Who wanted no more and had gone from the list; how many."""
    rows = await connection.fetch(
        """
        WITH again AS (
            SELECT c.person_id, d.since FROM campaigns.correspondents c
            JOIN campaigns.correspondents_declined d ON d.organisation_id = c.organisation_id AND d.mark = c.mark
            WHERE c.person_id = ANY($1::uuid[]) AND c.organisation_id = $2
        ), noted AS (
            INSERT INTO contract.unwanted (person_id, message, since)
            SELECT person_id, message, since FROM again CROSS JOIN unnest($3::text[]) AS message
            ON CONFLICT DO NOTHING
        )
        SELECT person_id FROM again
        """,
        list(fresh),
        organisation_id,
        list(MESSAGES),
    )
    return len(rows)
