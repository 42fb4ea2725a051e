"""Carry a guardian's consent over to the registration that takes the place of another of the same pupil and offer."""

from uuid import UUID

from services.campaigns.offers.consent.note_answer import note_answer
from shared.database import Connection


async def carry_consent(connection: Connection, *, from_id: UUID, to_id: UUID) -> None:
    """What was last given counts for the other, too; where nothing was, nothing is written. The offer is locked."""
    row = await connection.fetchrow(
        """
        SELECT guardian_id, answer, text_version, answered_at FROM campaigns.consents
        WHERE registration_id = $1 ORDER BY id DESC LIMIT 1
        """,
        from_id,
    )
    if row is not None and row["answer"] == "given":
        await note_answer(
            connection,
            registration_id=to_id,
            guardian_id=row["guardian_id"],
            answer="given",
            text_version=row["text_version"],
            now=row["answered_at"],
        )
