"""What is read of organisations themselves and their contacts."""

from uuid import UUID

from services.campaigns.organisations.contact import Contact
from services.campaigns.organisations.organisation import Organisation, UnknownOrganisation
from shared.database import Connection


async def read_organisation(connection: Connection, organisation_id: UUID) -> Organisation:
    """One organisation; raises `UnknownOrganisation`."""
    row = await connection.fetchrow(
        "SELECT id, slug, kind, name, siret, uai FROM campaigns.organisations WHERE id = $1", organisation_id
    )
    if row is None:
        raise UnknownOrganisation
    return Organisation(**dict(row))


async def list_contacts(connection: Connection, organisation_id: UUID) -> list[Contact]:
    """Whom requests to the organisation go to besides its owners, by name."""
    rows = await connection.fetch(
        """
        SELECT c.person_id, btrim(p.first_name || ' ' || p.last_name) AS name, p.email, c.phone
        FROM campaigns.contacts c JOIN contract.people p ON p.id = c.person_id AND p.erased_at IS NULL
        WHERE c.organisation_id = $1 AND p.email IS NOT NULL ORDER BY p.last_name, p.first_name, p.id
        """,
        organisation_id,
    )
    return [Contact(**dict(row)) for row in rows]
