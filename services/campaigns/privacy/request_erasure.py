"""Request an erasure: what is asked stays asked until it is done, whatever ends in between."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.privacy.erasure import Why
from shared.database import Connection


async def request_erasure(connection: Connection, *, pupil_ids: Sequence[UUID], why: Why, now: datetime) -> None:
    """Doing it twice is harmless: the first time counts."""
    await connection.execute(
        """
        INSERT INTO campaigns.erasures (pupil_id, why, asked_at)
        SELECT pupil_id, $2, $3 FROM unnest($1::uuid[]) AS asked (pupil_id) ORDER BY pupil_id
        ON CONFLICT (pupil_id) DO NOTHING
        """,
        list(pupil_ids),
        why,
        now,
    )
