"""Send a question: whoever reads the asker's mail pressed the button; the planners hear of it soon."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.questions.question import LINK_LIFE, UnknownQuestion
from shared.database import Connection


async def send_question(connection: Connection, *, question_id: UUID, now: datetime) -> None:
    """Send it; pressing twice changes nothing. Raises `UnknownQuestion` for one that is not there (any more)."""
    found = await connection.fetchval(
        """
        UPDATE campaigns.questions SET sent_at = coalesce(sent_at, $2)
        WHERE id = $1 AND (sent_at IS NOT NULL OR asked_at > $3) RETURNING id
        """,
        question_id,
        now,
        now - LINK_LIFE,
    )
    if found is None:
        raise UnknownQuestion
