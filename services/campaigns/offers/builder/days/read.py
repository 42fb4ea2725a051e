"""What the pages of days read: the sectors to choose from, and the pupils of a day on paper."""

from datetime import date as Date
from uuid import UUID

from msgspec import Struct

from shared.database import Connection


async def list_sectors(connection: Connection) -> list[tuple[str, str]]:
    """The sectors to choose from: code and label, by label."""
    rows = await connection.fetch("SELECT code, label FROM campaigns.sectors ORDER BY campaigns.plain_words(label)")
    return [(row["code"], row["label"]) for row in rows]


class DayPupil(Struct, frozen=True, kw_only=True):
    """A pupil on the sheet of a day."""

    first_name: str
    last_name: str
    school_name: str
    class_name: str
    group: str
    convention_signed_on: Date | None


async def list_day_pupils(connection: Connection, offer_id: UUID) -> list[DayPupil]:
    """Who has a seat in an offer, by name."""
    rows = await connection.fetch(
        """
        SELECT person.first_name, person.last_name, p.school_name, p.class_name, coalesce(g.name, '') AS "group",
               r.convention_signed_on
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        WHERE r.offer_id = $1 AND r.status = 'confirmed'
        ORDER BY person.last_name, person.first_name, r.id
        """,
        offer_id,
    )
    return [DayPupil(**dict(row)) for row in rows]
