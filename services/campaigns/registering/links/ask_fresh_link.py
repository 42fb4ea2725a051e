"""Ask for a fresh link: it goes to the pupil's address, or to the guardian's, whoever pressed the button."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.registering.links.fresh_link import FRESH_AGAIN_AFTER, FRESH_LIFE
from services.campaigns.registering.links.read import read_owner
from shared.database import Connection
from shared.notices import FreshLinkRequested
from shared.outbox import append_events


async def ask_fresh_link(
    connection: Connection,
    *,
    registration_id: UUID,
    to_guardian: bool = False,
    leads_to: Literal["donnees"] = "donnees",
    now: datetime,
) -> None:
    """A mail with a link to `/{leads_to}/{token}`, valid for `FRESH_LIFE`; within a minute of another one, none. Pupil
    and guardian have a minute each.

    To the guardian besides the pupil on request; where the pupil has no address, to the guardian anyway. Raises
    `UnknownRegistration`, also where no guardian is known.
    """
    owner = await read_owner(connection, registration_id)
    reader_id = owner.guardian_id if to_guardian else owner.reader_id
    if reader_id is None:
        raise UnknownRegistration
    column = "guardian_fresh_link_at" if to_guardian else "fresh_link_at"
    due = await connection.fetchval(
        f"""
        UPDATE campaigns.registrations SET {column} = $2
        WHERE id = $1 AND ({column} IS NULL OR {column} <= $3) RETURNING true
        """,  # noqa: S608  # one of two names
        registration_id,
        now,
        now - FRESH_AGAIN_AFTER,
    )
    if not due:
        return
    fact = FreshLinkRequested(
        occurred_at=now,
        recipients=(reader_id,),
        link=owner.guardian_link if to_guardian else owner.link,
        leads_to=leads_to,
        expires_at=now + FRESH_LIFE,
    )
    await append_events(connection, [fact])
