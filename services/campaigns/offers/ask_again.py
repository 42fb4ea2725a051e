"""Ask again whoever was asked for a session, or release them: called by each verb that changes or ends sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.offers.hosts.ask_host_again import ask_host_again
from services.campaigns.offers.hosts.release_hosts import release_hosts
from services.campaigns.offers.speakers.ask_speakers_again import ask_speakers_again
from services.campaigns.offers.speakers.release_speakers import release_speakers
from services.campaigns.offers.update_promises import update_promises
from shared.changes import FieldChange
from shared.database import Connection

# what an answer was given for: a new title asks nobody again
ASKED_FOR = ("starts_at", "ends_at", "place")


async def ask_again(
    connection: Connection,
    *,
    session_id: UUID,
    changes: Sequence[FieldChange],
    host_before: UUID | None,
    host_after: UUID | None,
    ask_host: bool = True,
    now: datetime,
) -> None:
    """After a session was written: the host before is released, the one that stays is asked again where it must be.

    A new host is not asked by this: the planner does it, who knows whom to write to. The caller holds the offer's lock,
    and records the programme after this: it shows the speakers who have confirmed.
    """
    if host_before != host_after and host_before is not None:
        await release_hosts(connection, session_ids=[session_id], reason="replaced", host_id=host_before, now=now)
    matter = [change for change in changes if change.field in ASKED_FOR]
    if matter and ask_host and host_before == host_after:
        await ask_host_again(connection, session_id=session_id, changes=matter, now=now)
    if matter:
        await ask_speakers_again(connection, session_id=session_id, changes=matter, now=now)
    elif changes:
        await update_promises(connection, session_id=session_id, changes=changes, now=now)


async def release_asked(
    connection: Connection,
    *,
    session_ids: Sequence[UUID],
    reason: Literal["session_cancelled", "offer_cancelled"],
    now: datetime,
) -> None:
    """After sessions were cancelled: whoever was asked for them is told so. The caller holds the offer's lock."""
    await release_hosts(connection, session_ids=session_ids, reason=reason, now=now)
    await release_speakers(connection, session_ids=session_ids, reason=reason, now=now)
