"""Find offers that nobody stands behind any more: their campaign was cancelled, or their organisation has left it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.database import Connection
from shared.languages import later, speaking

AT_ONCE = 50
# kept in French; a mail says them in the language of who reads it
CAMPAIGN_CANCELLED = later("La campagne dont cette offre fait partie est annulée.")
ORGANISER_LEFT = later("L’organisation qui propose cette offre ne participe plus à la campagne.")


class AbandonedOffer(Struct, frozen=True):
    """An offer to cancel, whose it is, and a French sentence for those who are in it."""

    id: UUID
    organisation_id: UUID
    note: str


async def find_offers_to_cancel(
    connection: Connection, *, now: datetime, campaign_id: UUID | None = None, limit: int = AT_ONCE
) -> list[AbandonedOffer]:
    """Public offers that are not over, of one campaign or of all; those who began first come first.

    Whoever is killed between leaving and cancelling leaves them to the next look.
    """
    rows = await connection.fetch(
        """
        WITH abandoned AS (
            SELECT c.id AS campaign_id, NULL::uuid AS organisation_id
            FROM campaigns.campaigns c WHERE c.cancelled_at IS NOT NULL
            UNION ALL
            SELECT a.campaign_id, a.organisation_id FROM campaigns.agreements a WHERE a.left_at IS NOT NULL
        )
        SELECT o.id, o.organisation_id, bool_or(abandoned.organisation_id IS NULL) AS all_of_it
        FROM abandoned
        JOIN campaigns.offers o ON o.campaign_id = abandoned.campaign_id
            AND o.organisation_id = coalesce(abandoned.organisation_id, o.organisation_id)
        WHERE o.status IN ('published', 'closed') AND coalesce(upper(o.busy) > $1, true)
          AND ($2::uuid IS NULL OR o.campaign_id = $2)
        GROUP BY o.id ORDER BY lower(o.busy), o.id LIMIT $3
        """,
        now,
        campaign_id,
        limit,
    )
    with speaking("fr"):
        return [
            AbandonedOffer(
                row["id"], row["organisation_id"], str(CAMPAIGN_CANCELLED if row["all_of_it"] else ORGANISER_LEFT)
            )
            for row in rows
        ]
