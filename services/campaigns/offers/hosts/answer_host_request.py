"""Answer a request to host: the company confirms, proposes another time, declines, or withdraws what it confirmed."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import GivenAnswer
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.hosts.read import planners_of, read_appointments
from shared.database import Connection
from shared.notices import HostAnswered
from shared.outbox import append_events


async def answer_host_request(connection: Connection, *, request_id: UUID, given: GivenAnswer, now: datetime) -> None:
    """Write the answer down and tell the planners at once; participants are told when the planner has decided.

    The same answer again changes nothing. Raises `UnknownHostRequest`, `HostReleasedAlready`, `HostingOver`,
    `AnswerNotPossible`.
    """
    offer, request = await lock_host_request(connection, request_id)
    if not request.take(given, now=now):
        return
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET status = $2, word = $3, proposed_starts_at = $4, proposed_ends_at = $5, answered_at = $6
        WHERE id = $1
        """,
        request_id,
        given.answer,
        given.word,
        given.starts_at,
        given.ends_at,
        now,
    )
    host = await connection.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", request.organisation_id)
    appointments = await read_appointments(connection, [request.session_id])
    await append_events(
        connection,
        [
            HostAnswered(
                occurred_at=now,
                recipients=await planners_of(connection, offer.organisation_id),
                offer_id=offer.id,
                request_id=request_id,
                token_version=request.token_version,
                host=host,
                appointment=appointments[request.session_id],
                word=given.word,
                offer_slug=offer.slug,
                answer=given.answer,
                proposed_starts_at=given.starts_at,
                proposed_ends_at=given.ends_at,
            )
        ],
    )
