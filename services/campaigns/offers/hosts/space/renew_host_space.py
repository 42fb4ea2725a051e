"""Renew the secret addresses of a company or a person: those given until now lead nowhere."""

from datetime import datetime
from uuid import UUID

from shared.database import Connection


async def renew_host_space(connection: Connection, *, holder_id: UUID, now: datetime) -> int:
    """Returns the version that holds from now on.

    A person is its address: all people written to there are renewed. So are, with a company, all who were written to
    for it: what somebody who has left it still holds ends with it. Mails sent from now on have the new addresses.
    """
    version: int = await connection.fetchval(
        """
        WITH written AS (
            SELECT person_id, organisation_id FROM campaigns.host_requests
            UNION SELECT person_id, organisation_id FROM campaigns.contacts
        ), addresses AS MATERIALIZED (
            SELECT lower(p.email) AS email FROM contract.people p
            WHERE p.id = $1 OR p.id IN (SELECT person_id FROM written WHERE organisation_id = $1)
        ), holders AS (
            SELECT $1::uuid AS id
            UNION
            SELECT p.id FROM written JOIN contract.people p ON p.id = written.person_id
            WHERE lower(p.email) IN (SELECT email FROM addresses)
        ), renewed AS (
            INSERT INTO campaigns.host_spaces AS known (holder_id, version, renewed_at)
            SELECT id, 2, $2 FROM holders ORDER BY id
            -- a token has two bytes for it
            ON CONFLICT (holder_id) DO UPDATE SET version = known.version % 65535 + 1, renewed_at = excluded.renewed_at
            RETURNING holder_id, version
        )
        SELECT version FROM renewed WHERE holder_id = $1
        """,
        holder_id,
        now,
    )
    return version
