"""Accept the time a host proposes: the session moves there, participants are told, and the host is confirmed."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.host_request import NothingProposed
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from services.campaigns.offers.session import SessionChange
from shared.database import Connection
from shared.notices import HostTimeAccepted
from shared.outbox import append_events


async def accept_proposed_time(
    connection: Connection, *, request_id: UUID, note: str = "", tell_after: datetime | None = None, now: datetime
) -> None:
    """`note` goes with the news to participants, `tell_after` holds it back.

    Raises `UnknownHostRequest`, `NothingProposed`, and whatever keeps the session from moving.
    """
    offer, request = await lock_host_request(connection, request_id)
    starts_at, ends_at = request.proposed_starts_at, request.proposed_ends_at
    if request.status != "proposed" or starts_at is None or ends_at is None:
        raise NothingProposed
    await change_session(
        connection,
        session_id=request.session_id,
        change=SessionChange(starts_at=starts_at, ends_at=ends_at),
        ask_host=False,
        note=note,
        tell_after=tell_after,
        now=now,
    )
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET status = 'confirmed', proposed_starts_at = NULL, proposed_ends_at = NULL, in_calendar = true,
            sequence = sequence + 1
        WHERE id = $1
        """,
        request_id,
    )
    host = await connection.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", request.organisation_id)
    appointments = await read_appointments(connection, [request.session_id])
    spaces = await read_space_versions(connection, [request.person_id])
    await append_events(
        connection,
        [
            HostTimeAccepted(
                occurred_at=now,
                recipients=(request.person_id,),
                offer_id=offer.id,
                request_id=request_id,
                token_version=request.token_version,
                space_version=spaces[request.person_id],
                host=host,
                appointment=appointments[request.session_id],
                sequence=request.sequence + 1,
            )
        ],
    )
