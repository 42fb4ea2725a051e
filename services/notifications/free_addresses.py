"""Free addresses: what was suppressed takes mails again, because somebody who plans has said so."""

from collections.abc import Sequence

from shared.database import Connection
from shared.suppressions import AddressFreed


async def free_addresses(connection: Connection, freed: Sequence[AddressFreed]) -> None:
    """Later mails go; those that were held back stay what they are. Twice changes nothing."""
    if freed:
        await connection.execute(
            """
            DELETE FROM notifications.suppressions
            WHERE address IN (SELECT lower(email) FROM contract.people WHERE id = ANY($1::uuid[]))
            """,
            [fact.person_id for fact in freed],
        )
