"""Settle a draft at the end of a verb that changes its programme: nobody is told, its time is known."""

from uuid import UUID

from shared.database import Connection


async def settle_draft(connection: Connection, *, offer_id: UUID) -> None:
    """Write when the locked draft is; its programme is recorded when it is published."""
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET busy = coalesce((SELECT range_agg(during) FROM campaigns.sessions
                             WHERE offer_id = $1 AND status = 'planned'), '{}')
        WHERE id = $1
        """,
        offer_id,
    )
