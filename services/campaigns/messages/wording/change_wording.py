"""Change the sentences of one message of a campaign; none is the product's own mail."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from services.campaigns.messages.wording.sentences import WordingChangedMeanwhile
from shared.database import Connection


async def change_wording(
    connection: Connection,
    *,
    campaign_id: UUID,
    message: str,
    sentences: Mapping[str, Mapping[str, str]],
    if_match: int,
) -> bool:
    """Whether anything changed. Mails that are written already stay as they are.

    `if_match` is the version that was read, 0 where there was none: raises `WordingChangedMeanwhile`. The same
    sentences once more are no change, whoever wrote them.
    """
    body = msgspec.json.encode(sentences).decode()
    written = await connection.fetchval(
        """
        INSERT INTO campaigns.wordings AS known (campaign_id, message, version, sentences)
        VALUES ($1, $2, 1, $3::jsonb)
        ON CONFLICT (campaign_id, message) DO UPDATE
        SET version = known.version + 1, sentences = excluded.sentences
        WHERE known.version = $4 AND known.sentences <> excluded.sentences
        RETURNING version
        """,
        campaign_id,
        message,
        body,
        if_match,
    )
    if written is not None:
        return True
    same = await connection.fetchval(
        "SELECT sentences = $3::jsonb FROM campaigns.wordings WHERE campaign_id = $1 AND message = $2",
        campaign_id,
        message,
        body,
    )
    if not same:
        raise WordingChangedMeanwhile
    return False
