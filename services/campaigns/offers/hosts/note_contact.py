"""Note whom to write to at a company: found by the address where it is known there, else made."""

from uuid import UUID

from services.campaigns.offers.hosts.host_request import Contact
from shared.database import Connection
from shared.identifiers import new_id


async def note_contact(connection: Connection, *, organisation_id: UUID, contact: Contact) -> UUID:
    """The person of this address at the company. The first one a company has becomes its contact for everybody;
    another one written later is asked this once, so that nobody redirects what others send.
    """
    known = await connection.fetchval(
        """
        SELECT p.id
        FROM (SELECT person_id FROM campaigns.contacts WHERE organisation_id = $1
              UNION ALL SELECT person_id FROM campaigns.members WHERE organisation_id = $1
              UNION ALL SELECT person_id FROM campaigns.host_requests WHERE organisation_id = $1) there
        JOIN contract.people p ON p.id = there.person_id
        WHERE lower(p.email) = lower($2) AND p.erased_at IS NULL ORDER BY p.id LIMIT 1
        """,
        organisation_id,
        contact.email,
    )
    if known is not None:
        found: UUID = known
        return found
    person_id = new_id()
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', $2, $3)",
        person_id,
        contact.name,
        contact.email,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.contacts (organisation_id, person_id)
        SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM campaigns.contacts WHERE organisation_id = $1)
                        AND NOT EXISTS (SELECT FROM campaigns.members
                                        WHERE organisation_id = $1 AND role IN ('owner', 'host'))
        """,
        organisation_id,
        person_id,
    )
    return person_id
