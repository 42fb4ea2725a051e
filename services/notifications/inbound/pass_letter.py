"""Pass a letter to the planners of its offer; whoever writes without end is heard so often a day."""

from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.inbound.campaigns_api import Campaigns
from shared.database import Pool

LETTERS_A_DAY = 20


async def pass_letter(
    pool: Pool,
    campaigns: Campaigns,
    *,
    answer_id: UUID,
    registration_id: UUID | None,
    delivery_id: UUID | None,
    received_at: datetime,
) -> str:
    """What it came to. Raises `ServiceAway`, `ServiceRefused`."""
    before: int = await pool.fetchval(
        """
        SELECT count(*) FROM notifications.answers
        WHERE (registration_id = $1 OR delivery_id = $2) AND kind = 'letter' AND outcome = 'passed_on'
          AND received_at > $3
        """,
        registration_id,
        delivery_id,
        received_at - timedelta(days=1),
    )
    if before >= LETTERS_A_DAY:
        return "too_many"
    offer_id = await pool.fetchval("SELECT offer_id FROM notifications.deliveries WHERE id = $1", delivery_id)
    body = {"registration_id": registration_id, "offer_id": offer_id, "answer_id": answer_id}
    told = (await campaigns.post("/api/v1/answers/letters", body, key=answer_id))["told"]
    return "passed_on" if told else "nobody"
