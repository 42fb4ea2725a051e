"""Change how long a campaign keeps names."""

from uuid import UUID

from shared.database import Connection


async def change_keeping(connection: Connection, *, campaign_id: UUID, months: int) -> bool:
    """Whether it is another number than before; what is over its time now is erased by the clock within a minute."""
    return bool(
        await connection.fetchval(
            """
            UPDATE campaigns.campaigns SET keep_months = $2 WHERE id = $1 AND keep_months <> $2 RETURNING true
            """,
            campaign_id,
            months,
        )
    )
