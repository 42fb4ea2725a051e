"""Lock a request to a host: its session's offer first, as every verb does."""

from uuid import UUID

from services.campaigns.offers.hosts.host_request import HostRequest, UnknownHostRequest
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer
from shared.database import Connection


async def lock_host_request(connection: Connection, request_id: UUID) -> tuple[Offer, HostRequest]:
    """Lock the offer of a request, then read both; raises `UnknownHostRequest`."""
    offer_id = await connection.fetchval(
        """
        SELECT s.offer_id FROM campaigns.host_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE q.id = $1
        """,
        request_id,
    )
    if offer_id is None:
        raise UnknownHostRequest
    offer = await lock_offer(connection, offer_id)
    row = await connection.fetchrow(
        """
        SELECT q.id, q.session_id, q.organisation_id, q.person_id, q.status, q.word, q.proposed_starts_at,
               q.proposed_ends_at, q.token_version, q.sequence, q.in_calendar, s.host_id,
               s.status AS session_status, s.starts_at
        FROM campaigns.host_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE q.id = $1
        """,
        request_id,
    )
    if row is None:
        raise UnknownHostRequest
    return offer, HostRequest(**dict(row))
