"""Edit a speaker of a bank: name, trade, employer, sector, address, and what they agreed to."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.campaigns.offers.speakers.add_speaker import UnknownSector, refuse_known_address
from services.campaigns.offers.speakers.speaker import SpeakerKnown, SpeakerSheet, UnknownSpeaker
from services.campaigns.standings import raise_feeds_showing
from shared.database import Connection


async def edit_speaker(connection: Connection, *, speaker_id: UUID, sheet: SpeakerSheet, now: datetime) -> None:
    """Raises `UnknownSpeaker`, `SpeakerKnown`, `UnknownSector`. A consent that is there already keeps its date.

    Programmes that were published with the name keep it until they change; public feeds tell the trade as it is.
    """
    row = await connection.fetchrow(
        """
        SELECT organisation_id, person_id FROM campaigns.speakers
        WHERE id = $1 AND organisation_id IS NOT NULL AND removed_at IS NULL FOR NO KEY UPDATE
        """,
        speaker_id,
    )
    if row is None:
        raise UnknownSpeaker
    await refuse_known_address(
        connection, organisation_id=row["organisation_id"], email=sheet.email, besides=speaker_id
    )
    try:
        await connection.execute(
            """
            UPDATE campaigns.speakers
            SET name = $2, trade = $3, employer = $4, sector = $5,
                contact_again_at = CASE WHEN $6 THEN coalesce(contact_again_at, $7) END
            WHERE id = $1
            """,
            speaker_id,
            sheet.name,
            sheet.trade,
            sheet.employer,
            sheet.sector,
            sheet.contact_again,
            now,
        )
    except asyncpg.UniqueViolationError as error:
        raise SpeakerKnown("name") from error
    except asyncpg.ForeignKeyViolationError as error:
        raise UnknownSector from error
    await connection.execute(
        "UPDATE contract.people SET last_name = $2, email = $3 WHERE id = $1",
        row["person_id"],
        sheet.name,
        sheet.email,
    )
    links = await connection.fetch(
        "SELECT session_id FROM campaigns.session_speakers WHERE speaker_id = $1 AND confirmed", speaker_id
    )
    await raise_feeds_showing(connection, [link["session_id"] for link in links], now=now)
