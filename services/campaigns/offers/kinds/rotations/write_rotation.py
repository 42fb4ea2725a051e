"""Write the sessions of a rotation, in an order in which no exclusion constraint sees a passing clash."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.campaigns.offers.kinds.rotations.made_session import MadeSession
from services.campaigns.offers.kinds.rotations.wanted_session import WantedSession
from services.campaigns.offers.offer import Offer
from shared.changes import FieldChange
from shared.database import Connection
from shared.french_dates import PARIS
from shared.identifiers import new_id

Key = tuple[str, datetime, datetime]
Changes = dict[UUID, tuple[FieldChange, ...]]


async def write_sessions(
    connection: Connection,
    *,
    offer: Offer,
    contact: str,
    wanted: Sequence[WantedSession],
    made: Mapping[Key, MadeSession],
    group_ids: Mapping[str, UUID],
    sites: Mapping[str, UUID],
    days: Mapping[date, UUID],
    now: datetime,
) -> tuple[list[UUID], Changes]:
    """The ids of the sessions added, and what changed of those that stay."""
    changes = {
        before.id: (session, found)
        for session in wanted
        if (before := made.get(session.key)) is not None and (found := before.changes_to(session))
    }
    # groups that change places leave their rooms first
    await connection.execute("UPDATE campaigns.sessions SET room = NULL WHERE id = ANY($1::uuid[])", list(changes))
    await connection.executemany(
        """
        UPDATE campaigns.sessions
        SET title = $2, site_id = $3, place = $4, room = $5, sequence = sequence + $6, changed_at = $7
        WHERE id = $1
        """,
        [
            (
                session_id,
                session.service,
                sites[session.site],
                session.place,
                session.room or None,
                int(any(change.field != "title" for change in found)),
                now,
            )
            for session_id, (session, found) in changes.items()
        ],
    )
    new = [(new_id(), session) for session in wanted if session.key not in made]
    await connection.executemany(
        """
        INSERT INTO campaigns.sessions
            (id, offer_id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place, room, contact,
             changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'visit', $8, $9, $10, $11, $12, $13)
        """,
        [
            (
                session_id,
                offer.id,
                days[session.starts_at.astimezone(PARIS).date()],
                group_ids[session.group],
                session.starts_at,
                session.ends_at,
                session.service,
                offer.organisation_id,
                sites[session.site],
                session.place,
                session.room or None,
                contact,
                now,
            )
            for session_id, session in new
        ],
    )
    added = [session_id for session_id, _ in new]
    await connection.execute(
        "INSERT INTO campaigns.rotation_sessions (session_id, offer_id) SELECT unnest($1::uuid[]), $2", added, offer.id
    )
    return added, {session_id: found for session_id, (_, found) in changes.items()}


async def end_sessions(connection: Connection, gone: Sequence[MadeSession], *, public: bool, now: datetime) -> None:
    """In a draft they are deleted; what calendars may have seen is cancelled, and leaves the feeds later."""
    ids = [session.id for session in gone]
    if not public:
        await connection.execute("DELETE FROM campaigns.sessions WHERE id = ANY($1::uuid[])", ids)
        return
    await connection.execute(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', sequence = sequence + 1, changed_at = $2, cancelled_at = $2
        WHERE id = ANY($1::uuid[])
        """,
        ids,
        now,
    )
    await connection.execute("DELETE FROM campaigns.rotation_sessions WHERE session_id = ANY($1::uuid[])", ids)
