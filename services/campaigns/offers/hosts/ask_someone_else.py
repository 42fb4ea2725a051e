"""Ask somebody else at the company: the request goes to another address, and the link it had before is dead."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import AskedAlready, Contact, answer_deadline
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.hosts.note_contact import note_contact
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.database import Connection
from shared.notices import HostRequested
from shared.outbox import append_events
from shared.promises import PromiseTakenBack


async def ask_someone_else(connection: Connection, *, request_id: UUID, contact: Contact, now: datetime) -> None:
    """For a request nobody has answered yet; raises `UnknownHostRequest`, and `AskedAlready` for the same person."""
    offer, request = await lock_host_request(connection, request_id)
    person_id = await note_contact(connection, organisation_id=request.organisation_id, contact=contact)
    if request.status != "awaited" or person_id == request.person_id:
        raise AskedAlready
    answer_by = answer_deadline(now=now, starts_at=request.starts_at)
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET person_id = $2, token_version = token_version + 1, asked_at = $3, answer_by = $4, reminded_at = NULL,
            sequence = sequence + in_calendar::integer, in_calendar = false, changed_since = NULL
        WHERE id = $1
        """,
        request_id,
        person_id,
        now,
        answer_by,
    )
    host = await connection.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", request.organisation_id)
    appointments = await read_appointments(connection, [request.session_id])
    spaces = await read_space_versions(connection, [person_id, request.person_id])
    await append_events(
        connection,
        [
            HostRequested(
                occurred_at=now,
                recipients=(person_id,),
                offer_id=offer.id,
                request_id=request_id,
                token_version=request.token_version + 1,
                space_version=spaces[person_id],
                host=host,
                appointment=appointments[request.session_id],
                answer_by=answer_by,
            )
        ],
    )
    if request.in_calendar:
        # who had promised, and was asked again after a change
        given_over = request.promise(
            PromiseTakenBack,
            offer_id=offer.id,
            host=host,
            appointment=appointments[request.session_id],
            space_version=spaces[request.person_id],
            now=now,
        )
        await append_events(connection, [given_over])
