"""What is read where a message is declined: which one it is whose link was pressed."""

from uuid import UUID

from shared.database import Connection


async def read_message(connection: Connection, delivery_id: UUID) -> str | None:
    """The message of a delivery by its name in the contract; None where there is no such delivery."""
    message: str | None = await connection.fetchval(
        "SELECT message FROM contract.deliveries WHERE id = $1", delivery_id
    )
    return message
