"""Answer a request to host: the company confirms, proposes another time, declines, or withdraws what it confirmed."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.hosts.host_request import GivenAnswer, HostRequest
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.hosts.read import planners_of, read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.database import Connection
from shared.notices import HostAnswered
from shared.outbox import append_events
from shared.promises import PromiseGiven, PromiseTakenBack


async def answer_host_request(
    connection: Connection, *, request_id: UUID, given: GivenAnswer, by_calendar: bool = False, now: datetime
) -> None:
    """Write the answer down and tell the planners at once; participants are told when the planner has decided.

    The same answer again changes nothing. `by_calendar`: deleting an entry declines, too.

    Raises `UnknownHostRequest`, `HostReleasedAlready`, `HostingOver`,
    `AnswerNotPossible`.
    """
    offer, request = await lock_host_request(connection, request_id)
    if not request.take(given, now=now):
        return
    entry = _entry_after(given, request)
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET status = $2, word = $3, proposed_starts_at = $4, proposed_ends_at = $5, answered_at = $6,
            sequence = sequence + $7, in_calendar = coalesce($8, in_calendar)
        WHERE id = $1
        """,
        request_id,
        given.answer,
        given.word,
        given.starts_at,
        given.ends_at,
        now,
        int(entry is not None),
        entry is PromiseGiven if entry else None,
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
                by_calendar=by_calendar,
            )
        ],
    )
    if entry is not None:
        spaces = await read_space_versions(connection, [request.person_id])
        told = request.promise(
            entry,
            offer_id=offer.id,
            host=host,
            appointment=appointments[request.session_id],
            space_version=spaces[request.person_id],
            now=now,
        )
        if isinstance(told, PromiseTakenBack):
            told = structs.replace(told, by_calendar=by_calendar)
        await append_events(connection, [told])


def _entry_after(given: GivenAnswer, request: HostRequest) -> type[PromiseGiven] | type[PromiseTakenBack] | None:
    """What becomes of the entry in the company's calendar; a proposal leaves it as it is."""
    if given.answer == "confirmed":
        return PromiseGiven
    return PromiseTakenBack if given.answer in ("declined", "withdrawn") and request.in_calendar else None
