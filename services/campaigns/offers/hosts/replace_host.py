"""Replace a host: another company receives the session, is asked at once, and participants are told where to go."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.host_request import Contact, PlaceMissing, SameHost
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.session import SessionChange
from shared.database import Connection


async def replace_host(
    connection: Connection,
    *,
    session_id: UUID,
    organisation_id: UUID,
    place: str = "",
    contact: Contact | None = None,
    asked_by: UUID | None = None,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """The company before is released, unless it had said no itself. Without `place`: at the new company’s own site.
    `note` goes with the news, `tell_after` holds it back.

    Raises `SameHost`, `PlaceMissing`, `NoContact`, and the refusals of `change_session`.
    """
    _, session = await lock_session(connection, session_id)
    if session.host_id == organisation_id:
        raise SameHost
    if not place and session.host_id is not None and not await _has_site(connection, organisation_id):
        raise PlaceMissing
    change = SessionChange(host_id=organisation_id, place=place or UNSET)
    await change_session(connection, session_id=session_id, change=change, note=note, tell_after=tell_after, now=now)
    await request_host(connection, session_id=session_id, contact=contact, asked_by=asked_by, now=now)


async def _has_site(connection: Connection, organisation_id: UUID) -> bool:
    known: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.sites WHERE organisation_id = $1)", organisation_id
    )
    return known
