"""Add a speaker to an organisation's bank."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.speakers.speaker import SpeakerKnown, SpeakerSheet
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later


async def add_speaker(connection: Connection, *, organisation_id: UUID, sheet: SpeakerSheet, now: datetime) -> UUID:
    """The id of the new speaker. Raises `SpeakerKnown`, and `InvalidField` for a sector nobody knows."""
    speaker_id, person_id = new_id(), new_id()
    await refuse_known_address(connection, organisation_id=organisation_id, email=sheet.email)
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', $2, $3)",
        person_id,
        sheet.name,
        sheet.email,
    )
    try:
        await connection.execute(
            """
            INSERT INTO campaigns.speakers
                (id, name, trade, person_id, employer, sector, organisation_id, contact_again_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            speaker_id,
            sheet.name,
            sheet.trade,
            person_id,
            sheet.employer,
            sheet.sector,
            organisation_id,
            now if sheet.contact_again else None,
        )
    except asyncpg.UniqueViolationError as error:
        raise SpeakerKnown("name") from error
    except asyncpg.ForeignKeyViolationError as error:
        raise UnknownSector from error
    return speaker_id


class UnknownSector(InvalidField):
    """No sector has this code."""

    def __init__(self) -> None:
        super().__init__(later("Ce secteur n’existe pas."), field="sector")


async def refuse_known_address(
    connection: Connection, *, organisation_id: UUID, email: str, besides: UUID | None = None
) -> None:
    """One person stands once in a bank, whatever trades they have: only then are they never in two places at a time."""
    known = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.speakers s JOIN contract.people p ON p.id = s.person_id
                       WHERE s.organisation_id = $1 AND s.removed_at IS NULL AND lower(p.email) = lower($2)
                         AND s.id IS DISTINCT FROM $3)
        """,
        organisation_id,
        email,
        besides,
    )
    if known:
        raise SpeakerKnown("email")
