"""Pass a letter on: somebody wrote back to an invitation, and the planners of the offer are told."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.read import planners_of
from shared.answer_notices import LetterReceived
from shared.database import Connection
from shared.outbox import append_events


async def pass_letter_on(
    connection: Connection, *, registration_id: UUID | None, offer_id: UUID | None, answer_id: UUID, now: datetime
) -> bool:
    """Whether there is anybody to tell. The words stay where they were read, under `answer_id`."""
    row = await connection.fetchrow(
        """
        SELECT o.id AS offer_id, r.pupil_id, coalesce(r.status, '') AS status, o.title, o.slug, o.organisation_id,
               g.name AS organisation
        FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        LEFT JOIN campaigns.registrations r ON r.id = $1
        WHERE o.id = coalesce((SELECT offer_id FROM campaigns.registrations WHERE id = $1), $2)
        """,
        registration_id,
        offer_id,
    )
    if row is None:
        return False
    planners = await planners_of(connection, row["organisation_id"])
    if not planners:
        return False
    notice = LetterReceived(
        occurred_at=now,
        recipients=planners,
        offer_id=row["offer_id"],
        answer_id=answer_id,
        registration_id=registration_id,
        pupil_id=row["pupil_id"],
        offer=row["title"],
        offer_slug=row["slug"],
        organisation=row["organisation"],
        status=row["status"],
    )
    await append_events(connection, [notice])
    return True
