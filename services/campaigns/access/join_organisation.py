"""Join an organisation: the account of an address, and its role."""

from datetime import datetime
from uuid import UUID

from shared.database import Connection
from shared.identifiers import new_id


async def join_organisation(
    connection: Connection,
    *,
    organisation_id: UUID,
    email: str,
    first_name: str,
    last_name: str,
    role: str,
    now: datetime,
) -> UUID:
    """Make the account of an address where there is none, and its role in the organisation; returns the person's id."""
    person_id: UUID | None = await connection.fetchval(
        "SELECT person_id FROM campaigns.accounts WHERE email = $1", email
    )
    if person_id is None:
        person_id = new_id()
        await connection.execute(
            "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
            person_id,
            first_name,
            last_name,
            email,
        )
        await connection.execute(
            "INSERT INTO campaigns.accounts (person_id, email, created_at) VALUES ($1, $2, $3)", person_id, email, now
        )
    await connection.execute(
        """
        INSERT INTO campaigns.members (id, organisation_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person_id, organisation_id) DO UPDATE SET role = excluded.role
        """,
        new_id(),
        organisation_id,
        person_id,
        role,
        now,
    )
    return person_id
