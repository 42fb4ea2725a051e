"""People: the one table of names and addresses, read by both services, written by campaigns."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from shared.database import Connection


class Person(Struct, frozen=True, kw_only=True):
    """A pupil, a guardian, a teacher. `email` is None where there is none or the person was erased."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None = None
    language: str = "fr"
    # of their secret calendar addresses: which holds
    calendar_version: int = 1

    @property
    def name(self) -> str:
        """First and last name; a guardian may have given one line only."""
        return f"{self.first_name} {self.last_name}".strip()


async def read_people(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The people of these ids; an id nobody has is left out."""
    rows = await connection.fetch(
        "SELECT id, first_name, last_name, email, language, calendar_version FROM contract.people"
        " WHERE id = ANY($1::uuid[])",
        list(ids),
    )
    return {row["id"]: Person(**dict(row)) for row in rows}
