"""Ask for a fresh link: it goes to the address of the registration, whoever asked."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.registering.links.fresh_link import FRESH_AGAIN_AFTER, FRESH_LIFE
from services.campaigns.registering.links.read import read_owner
from shared.database import Connection
from shared.notices import FreshLinkRequested
from shared.outbox import append_events


async def ask_fresh_link(
    connection: Connection, *, registration_id: UUID, leads_to: Literal["donnees"] = "donnees", now: datetime
) -> None:
    """A mail with a link to `/{leads_to}/{token}`, valid for `FRESH_LIFE`; within a minute of another one, none.

    Raises `UnknownRegistration`.
    """
    owner = await read_owner(connection, registration_id)
    due = await connection.fetchval(
        """
        UPDATE campaigns.registrations SET fresh_link_at = $2
        WHERE id = $1 AND (fresh_link_at IS NULL OR fresh_link_at <= $3) RETURNING true
        """,
        registration_id,
        now,
        now - FRESH_AGAIN_AFTER,
    )
    if not due:
        return
    fact = FreshLinkRequested(
        occurred_at=now,
        recipients=(owner.reader_id,),
        link=owner.link,
        leads_to=leads_to,
        expires_at=now + FRESH_LIFE,
    )
    await append_events(connection, [fact])
