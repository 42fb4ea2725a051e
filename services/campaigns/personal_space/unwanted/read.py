"""What is read where a message is declined: whether the delivery exists whose link was pressed."""

from uuid import UUID

from shared.database import Connection


async def is_known(connection: Connection, delivery_id: UUID) -> bool:
    """Whether there is such a delivery."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM contract.deliveries WHERE id = $1)", delivery_id))
