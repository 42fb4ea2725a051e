"""Pass a letter on: somebody wrote back to an invitation, and the planners of the offer are told."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.read import planners_of
from services.campaigns.offers.registration import UnknownRegistration
from shared.answer_notices import LetterReceived
from shared.database import Connection
from shared.outbox import append_events


async def pass_letter_on(connection: Connection, *, registration_id: UUID, answer_id: UUID, now: datetime) -> bool:
    """Whether there is anybody to tell. The words stay where they were read, under `answer_id`.

    Raises `UnknownRegistration`.
    """
    row = await connection.fetchrow(
        """
        SELECT r.offer_id, r.pupil_id, r.status, o.title, o.slug, o.organisation_id, g.name AS organisation
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE r.id = $1
        """,
        registration_id,
    )
    if row is None:
        raise UnknownRegistration
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
