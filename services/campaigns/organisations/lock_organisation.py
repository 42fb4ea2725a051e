"""Lock an organisation: who changes its members, invitations or numbers does so one after the other."""

from uuid import UUID

from services.campaigns.organisations.organisation import Organisation, UnknownOrganisation
from shared.database import Connection


async def lock_organisation(connection: Connection, organisation_id: UUID) -> Organisation:
    """The organisation under its row lock; raises `UnknownOrganisation`.

    What is counted must be counted in a later statement: this one's snapshot is from before the lock.
    """
    row = await connection.fetchrow(
        """
        SELECT id, slug, kind, name, siret, uai FROM campaigns.organisations WHERE id = $1 FOR NO KEY UPDATE
        """,
        organisation_id,
    )
    if row is None:
        raise UnknownOrganisation
    return Organisation(**dict(row))
