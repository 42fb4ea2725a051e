"""Note that a mail came back for good: the planners of the offer it was about are told whose address it was."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.read import planners_of
from shared.answer_notices import AddressRefused
from shared.database import Connection
from shared.outbox import append_events


async def note_refused_address(
    connection: Connection,
    *,
    person_id: UUID,
    registration_id: UUID | None,
    offer_id: UUID | None,
    status: str,
    shut: bool,
    now: datetime,
) -> bool:
    """Whether there is anybody to tell: a mail about no offer, or a planner's own, is nobody else's news.

    `status` is the report's (RFC 3463); `shut`: nothing is sent to the address any more.
    """
    row = await connection.fetchrow(
        """
        SELECT o.id, o.title, o.slug, o.organisation_id, g.name AS organisation,
               (SELECT pupil_id FROM campaigns.registrations WHERE id = $2) AS pupil_id
        FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.id = coalesce($1, (SELECT offer_id FROM campaigns.registrations WHERE id = $2))
        """,
        offer_id,
        registration_id,
    )
    if row is None:
        return False
    planners = tuple(each for each in await planners_of(connection, row["organisation_id"]) if each != person_id)
    if not planners:
        return False
    notice = AddressRefused(
        occurred_at=now,
        recipients=planners,
        offer_id=row["id"],
        person_id=person_id,
        pupil_id=row["pupil_id"],
        offer=row["title"],
        offer_slug=row["slug"],
        organisation=row["organisation"],
        status=status,
        shut=shut,
    )
    await append_events(connection, [notice])
    return True
