"""Announce what an import changed of a public offer: one programme, one revision, a fact for each session."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaigns.imports.import_programme import ProgrammeChange
from services.campaigns.imports.session_row import SessionRow
from services.campaigns.offers.read import audience_of
from shared.database import Connection
from shared.events import AnyEvent, Concerned, OfferChanged, SessionAdded, SessionCancelled, SessionChanged
from shared.outbox import append_events


async def announce_changes(
    connection: Connection,
    change: ProgrammeChange,
    *,
    revision: int,
    programme: int,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """Append the facts of a change at the offer's `revision` and the programme's version, both raised by the caller.

    `note` is a sentence for those who are told, `tell_after` holds the news back.
    """
    offer_id = change.offer_id
    everybody = await audience_of(connection, offer_id)
    groups = {row["name"]: row["id"] for row in await connection.fetch(
        "SELECT id, name FROM campaigns.groups WHERE offer_id = $1", offer_id
    )}  # fmt: skip

    def concerned(*sessions: SessionRow) -> tuple[Concerned, ...]:
        """Who has any of these sessions in the programme."""
        if any(not session.group for session in sessions):
            return everybody
        ids: set[UUID | None] = {groups.get(session.group) for session in sessions} | {None}
        return tuple(one for one in everybody if one.group_id in ids)

    common: dict[str, Any] = {
        "occurred_at": now,
        "offer_id": offer_id,
        "revision": revision,
        "programme": programme,
        "note": note,
        "tell_after": tell_after,
    }
    events: list[AnyEvent] = []
    if change.header:
        events.append(OfferChanged(**common, changes=change.header, audience=everybody))
    events += [
        SessionChanged(
            **common, session_id=one.before.id, changes=one.changes, audience=concerned(one.before, one.after)
        )
        for one in change.changed
    ]
    events += [SessionCancelled(**common, session_id=one.id, audience=concerned(one)) for one in change.cancelled]
    events += [SessionAdded(**common, session_id=one.id, audience=concerned(one)) for one in change.added]
    await append_events(connection, events)
