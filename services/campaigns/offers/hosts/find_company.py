"""Find the company of a name, or make one nobody has named before, with the address of its site."""

from uuid import UUID

from services.campaigns.imports.slugs import SLUGS, find_free_slug
from shared.database import Connection
from shared.identifiers import new_id


async def find_company(connection: Connection, *, name: str, address: str = "", rehearsed: bool = False) -> UUID:
    """The organisation of this name; a new one is a company. The address is added to its sites where it is new."""
    # a rehearsal is undone, and holds the offer's lock already: those who write take this one first
    if not rehearsed:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    known = await connection.fetchval(
        """
        SELECT id FROM campaigns.organisations WHERE lower(name) = lower($1)
        ORDER BY kind = 'company' DESC, id LIMIT 1
        """,
        name,
    )
    organisation_id: UUID = known or new_id()
    if known is None:
        await connection.execute(
            "INSERT INTO campaigns.organisations (id, slug, kind, name) VALUES ($1, $2, 'company', $3)",
            organisation_id,
            await find_free_slug(connection, name),
            name,
        )
    if address:
        await connection.execute(
            """
            INSERT INTO campaigns.sites (id, organisation_id, address) VALUES ($1, $2, $3)
            ON CONFLICT (organisation_id, address) DO NOTHING
            """,
            new_id(),
            organisation_id,
            address,
        )
    return organisation_id
