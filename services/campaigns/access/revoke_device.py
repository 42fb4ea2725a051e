"""Revoke a device: whoever holds its cookie is signed out, at once."""

from datetime import datetime
from uuid import UUID

from shared.database import Connection


async def revoke_device(connection: Connection, *, device_id: UUID, person_id: UUID, now: datetime) -> None:
    """End one of the person's own devices; another's id changes nothing."""
    await connection.execute(
        "UPDATE campaigns.devices SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL",
        device_id,
        person_id,
        now,
    )


async def revoke_secret(connection: Connection, secret_hash: bytes, *, now: datetime) -> None:
    """End the device a browser was signed in with before: its cookie is of no use after a new sign-in."""
    await connection.execute(
        "UPDATE campaigns.devices SET revoked_at = $2 WHERE secret_hash = $1 AND revoked_at IS NULL", secret_hash, now
    )
