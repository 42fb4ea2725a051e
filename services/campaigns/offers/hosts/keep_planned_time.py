"""Keep the time that was planned: the host's proposal cannot be followed, so it is asked for the planned time again."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.ask_host_again import ask_host_again
from services.campaigns.offers.hosts.host_request import NothingProposed
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from shared.database import Connection


async def keep_planned_time(connection: Connection, *, request_id: UUID, now: datetime) -> None:
    """Raises `UnknownHostRequest`, `NothingProposed`."""
    _, request = await lock_host_request(connection, request_id)
    if request.status != "proposed":
        raise NothingProposed
    await ask_host_again(connection, session_id=request.session_id, now=now)
