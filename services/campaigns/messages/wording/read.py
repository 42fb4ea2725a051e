"""What a campaign says in its messages."""

from uuid import UUID

import msgspec

from services.campaigns.messages.wording.sentences import KeptWording
from shared.database import Connection


async def read_wording(connection: Connection, campaign_id: UUID, message: str) -> KeptWording:
    """The sentences of one message, empty where nobody has written any."""
    row = await connection.fetchrow(
        "SELECT version, sentences FROM campaigns.wordings WHERE campaign_id = $1 AND message = $2",
        campaign_id,
        message,
    )
    if row is None:
        return KeptWording()
    sentences = msgspec.json.decode(row["sentences"], type=dict[str, dict[str, str]])
    return KeptWording(version=row["version"], sentences=sentences)


async def list_worded(connection: Connection, campaign_id: UUID) -> set[str]:
    """The messages that say something of the campaign's own."""
    rows = await connection.fetch(
        "SELECT message FROM campaigns.wordings WHERE campaign_id = $1 AND sentences <> '{}'", campaign_id
    )
    return {row["message"] for row in rows}
