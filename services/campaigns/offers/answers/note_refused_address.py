"""Note that a mail came back for good: who plans, and needs to reach the person, is told whose address it was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaigns.offers.hosts.read import planners_of
from shared.answer_notices import AddressRefused
from shared.database import Connection
from shared.outbox import append_events

ORGANISATIONS_TOLD = 20


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
    """Whether there is anybody to tell: the planners of the offer it was about; of a mail about none (to sign in, an
    invitation, a summary), those of each organisation that knows the person. Nobody hears of their own address.

    `status` is the report's (RFC 3463); `shut`: nothing is sent to the address any more.
    """
    told = []
    for row in await _of_offer(connection, person_id, registration_id, offer_id) or await _known_by(
        connection, person_id
    ):
        planners = tuple(each for each in await planners_of(connection, row["organisation_id"]) if each != person_id)
        if planners:
            told.append(
                AddressRefused(
                    occurred_at=now,
                    recipients=planners,
                    offer_id=row["offer_id"],
                    person_id=person_id,
                    pupil_id=row["pupil_id"],
                    offer=row["offer"],
                    offer_slug=row["offer_slug"],
                    organisation=row["organisation"],
                    status=status,
                    shut=shut,
                    role=row["role"],
                )
            )
    await append_events(connection, told)
    return bool(told)


async def _of_offer(
    connection: Connection, person_id: UUID, registration_id: UUID | None, offer_id: UUID | None
) -> Sequence[Any]:
    """The offer it was about, if any."""
    return await connection.fetch(
        """
        SELECT o.id AS offer_id, o.title AS offer, o.slug AS offer_slug, o.organisation_id, g.name AS organisation,
               coalesce((SELECT role FROM campaigns.known_people k
                         WHERE k.person_id = $3 AND k.organisation_id = o.organisation_id LIMIT 1), '') AS role,
               (SELECT pupil_id FROM campaigns.registrations WHERE id = $2) AS pupil_id
        FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.id = coalesce($1, (SELECT offer_id FROM campaigns.registrations WHERE id = $2))
        """,
        offer_id,
        registration_id,
        person_id,
    )


async def _known_by(connection: Connection, person_id: UUID) -> Sequence[Any]:
    """Who knows the person; a pupil behind them is named, so that the notice goes with the pupil's data."""
    return await connection.fetch(
        """
        SELECT DISTINCT ON (k.organisation_id) NULL::uuid AS offer_id, '' AS offer, '' AS offer_slug,
               k.organisation_id, g.name AS organisation, k.role, k.pupil_id
        FROM campaigns.known_people k
        JOIN contract.people p ON p.id = k.person_id AND p.erased_at IS NULL
        JOIN campaigns.organisations g ON g.id = k.organisation_id
        WHERE k.person_id = $1
        ORDER BY k.organisation_id, k.pupil_id NULLS LAST LIMIT $2
        """,
        person_id,
        ORGANISATIONS_TOLD,
    )
