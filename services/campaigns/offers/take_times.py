"""Take pupils' time: a seat's sessions become theirs, unless they have a seat elsewhere at these times."""

from collections.abc import Sequence
from uuid import UUID

from shared.database import Connection


async def take_times(connection: Connection, *, offer_id: UUID, wanted: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """For pairs of (registration, pupil): the registrations whose pupil was free, and now is taken.

    The exclusion constraint decides, also against other transactions; pupils are taken in the order of their ids, so
    that two offers do not wait for each other in a circle.
    """
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.pupil_times (registration_id, offer_id, pupil_id, busy)
        SELECT wanted.registration_id, o.id, wanted.pupil_id, o.busy
        FROM unnest($2::uuid[], $3::uuid[]) AS wanted (registration_id, pupil_id), campaigns.offers o
        WHERE o.id = $1
        ORDER BY wanted.pupil_id
        ON CONFLICT DO NOTHING
        RETURNING registration_id
        """,
        offer_id,
        [registration_id for registration_id, _ in wanted],
        [pupil_id for _, pupil_id in wanted],
    )
    return {row["registration_id"] for row in rows}
