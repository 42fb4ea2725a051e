"""Recognise a person whom a provider vouches for: by the identity they came with before, else by their address."""

from uuid import UUID

from services.campaigns.access.openid.identity import Identity, UnknownPerson
from shared.database import Connection


async def recognise_person(connection: Connection, identity: Identity) -> UUID:
    """The person's id; raises `UnknownPerson` for whom no organisation here has as a member.

    Who comes for the first time is known by a verified address, and by the identity from then on. An address that
    comes with another identity is that account all the same: who reads its mail could have a link sent to it.
    """
    person_id: UUID | None = await connection.fetchval(
        """
        SELECT a.person_id FROM campaigns.accounts a
        JOIN contract.people p ON p.id = a.person_id AND p.erased_at IS NULL
        WHERE a.oidc_subject = $1 AND EXISTS (SELECT FROM campaigns.members m WHERE m.person_id = a.person_id)
        """,
        identity.subject,
    )
    if person_id is None and identity.email:
        person_id = await connection.fetchval(
            """
            UPDATE campaigns.accounts a SET oidc_subject = $2
            FROM contract.people p
            WHERE a.email = $1 AND p.id = a.person_id AND p.erased_at IS NULL
              AND EXISTS (SELECT FROM campaigns.members m WHERE m.person_id = a.person_id)
              AND NOT EXISTS (SELECT FROM campaigns.accounts other WHERE other.oidc_subject = $2)
            RETURNING a.person_id
            """,
            identity.email,
            identity.subject,
        )
    if person_id is None:
        raise UnknownPerson(identity.email)
    return person_id
