"""Remove a speaker from a bank: the address is erased, old programmes keep the name they showed."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.speakers.speaker import SpeakerHasSessions, UnknownSpeaker
from shared.database import Connection


async def remove_speaker(connection: Connection, *, speaker_id: UUID, now: datetime) -> None:
    """Raises `UnknownSpeaker`, and `SpeakerHasSessions` while somebody still expects them."""
    row = await connection.fetchrow(
        """
        SELECT name, person_id FROM campaigns.speakers
        WHERE id = $1 AND organisation_id IS NOT NULL AND removed_at IS NULL FOR UPDATE
        """,
        speaker_id,
    )
    if row is None:
        raise UnknownSpeaker
    expected = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.session_speakers WHERE speaker_id = $1 AND upper(during) > $2)",
        speaker_id,
        now,
    )
    if expected:
        raise SpeakerHasSessions(row["name"])
    await connection.execute(
        "UPDATE campaigns.speakers SET removed_at = $2, contact_again_at = NULL, employer = '' WHERE id = $1",
        speaker_id,
        now,
    )
    await connection.execute(
        "UPDATE contract.people SET first_name = '', last_name = '', email = NULL, erased_at = $2 WHERE id = $1",
        row["person_id"],
        now,
    )
