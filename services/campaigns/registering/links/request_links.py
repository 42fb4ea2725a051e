"""Request one's personal links with an address alone: noted for the loop that answers, the same for every address."""

from datetime import datetime, timedelta

from shared.database import Connection
from shared.signed_links import Signer

LINKS_AGAIN_AFTER = timedelta(hours=1)


async def request_links(connection: Connection, *, email: str, signer: Signer, now: datetime) -> None:
    """Note that the links of this address are asked for; within an hour of the last time, nothing."""
    address = email.lower()
    await connection.execute(
        """
        INSERT INTO campaigns.link_requests AS known (mark, email, asked_at) VALUES ($1, $2, $3)
        ON CONFLICT (mark) DO UPDATE SET email = excluded.email, asked_at = excluded.asked_at
        WHERE known.asked_at <= $4
        """,
        signer.identity("links", address),
        address,
        now,
        now - LINKS_AGAIN_AFTER,
    )
