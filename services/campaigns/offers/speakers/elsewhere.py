"""Whether a speaker is elsewhere at a time: read before the time is taken, under a lock of the address."""

from datetime import datetime
from uuid import UUID

from shared.database import Connection

# the seed of a lock of our own: hashes of addresses meet no other lock's number
SAME_ADDRESS = 7_151_517


async def is_elsewhere(
    connection: Connection, email: str, session_id: UUID, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether the person of this address is taken at that time, as another organisation's speaker too.

    Within a bank the constraint has the last word; across banks two invitations of one address wait for one another.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(lower($1), $2))", email, SAME_ADDRESS)
    taken: bool = await connection.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM contract.people p
            JOIN campaigns.speakers s ON s.person_id = p.id
            JOIN campaigns.session_speakers link ON link.speaker_id = s.id
            WHERE lower(p.email) = lower($1) AND link.during && tstzrange($2, $3) AND link.session_id <> $4)
        """,
        email,
        starts_at,
        ends_at,
        session_id,
    )
    return taken
