"""Note what a guardian answered: one line that is never changed, and what counts of it now."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.consent.consent import Answer
from shared.database import Connection
from shared.identifiers import new_id


async def note_answer(
    connection: Connection,
    *,
    registration_id: UUID,
    guardian_id: UUID,
    answer: Answer,
    text_version: int,
    now: datetime,
) -> None:
    """Who answered what, when, to which words. The caller holds the offer's lock."""
    await connection.execute(
        """
        INSERT INTO campaigns.consents (id, registration_id, guardian_id, answer, text_version, answered_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new_id(),
        registration_id,
        guardian_id,
        answer,
        text_version,
        now,
    )
    await connection.execute(
        "UPDATE campaigns.registrations SET consented_at = $2 WHERE id = $1",
        registration_id,
        now if answer == "given" else None,
    )
