"""What the tests of hosts share: companies with a contact, the events, the newest request."""

from typing import Any
from uuid import UUID

from shared.database import Pool, transaction
from shared.events import AnyEvent, decode_event
from shared.identifiers import new_id
from tests.world import NOW


async def a_contact(pool: Pool, organisation_id: UUID, *, name: str = "Nadia Le Goff", email: str = "") -> UUID:
    """A person whom a company is written to through; needs no account."""
    person_id = new_id()
    await pool.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', $2, $3)",
        person_id,
        name,
        email or f"accueil.{organisation_id.hex[-6:]}@entreprise.example",
    )
    await pool.execute(
        "INSERT INTO campaigns.contacts (organisation_id, person_id) VALUES ($1, $2)", organisation_id, person_id
    )
    return person_id


async def do(pool: Pool, verb: Any, **given: Any) -> Any:
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW, **given})


async def events(pool: Pool, kind: type | None = None) -> list[AnyEvent]:
    """All facts in their order, or those of one kind."""
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
    facts = [decode_event(row["body"]) for row in rows]
    return [fact for fact in facts if kind is None or isinstance(fact, kind)]


async def request_of(pool: Pool, session_id: UUID) -> Any:
    """The newest request for a session."""
    return await pool.fetchrow(
        "SELECT * FROM campaigns.host_requests WHERE session_id = $1 ORDER BY id DESC LIMIT 1", session_id
    )
