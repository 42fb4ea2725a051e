"""Choose a summary: how often it comes and when, or never."""

from uuid import UUID

from services.campaigns.digests.choice import MESSAGES, Choice
from shared.database import Connection


async def choose_digest(connection: Connection, *, person_id: UUID, choice: Choice) -> None:
    """Keep what a person chose; the newest choice counts, also over the press of a button in a mail."""
    await connection.execute(
        """
        INSERT INTO campaigns.digest_choices (person_id, what, rhythm, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (person_id, what) DO UPDATE SET rhythm = excluded.rhythm, at = excluded.at
        """,
        person_id,
        choice.what,
        choice.rhythm,
        choice.at,
    )
    if choice.rhythm != "off":
        await connection.execute(
            "DELETE FROM contract.unwanted WHERE person_id = $1 AND message = $2",
            person_id,
            MESSAGES[choice.what],
        )
