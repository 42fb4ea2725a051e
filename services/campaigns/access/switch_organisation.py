"""Switch the organisation a person acts for on one device."""

from typing import ClassVar
from uuid import UUID

from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class NotAMember(Refusal):
    """The person has no role in that organisation."""

    reason: ClassVar[str] = "not-a-member"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Vous n’êtes pas membre de cette organisation."))


async def switch_organisation(
    connection: Connection, *, device_id: UUID, person_id: UUID, organisation_id: UUID
) -> None:
    """From now on the device acts for the organisation; raises `NotAMember`."""
    done = await connection.fetchval(
        """
        UPDATE campaigns.devices SET organisation_id = $3
        WHERE id = $1 AND person_id = $2
          AND EXISTS (SELECT FROM campaigns.members WHERE person_id = $2 AND organisation_id = $3)
        RETURNING id
        """,
        device_id,
        person_id,
        organisation_id,
    )
    if done is None:
        raise NotAMember
