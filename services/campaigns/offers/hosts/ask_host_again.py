"""Ask a host again: the session it was asked for has another time or place, so what it said holds no more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.changes import FieldChange
from shared.database import Connection
from shared.notices import HostRequested
from shared.outbox import append_events


async def ask_host_again(
    connection: Connection, *, session_id: UUID, changes: Sequence[FieldChange] = (), now: datetime
) -> None:
    """Await a new answer to the living request of a session, if there is one, by the link the company has already.

    The caller holds the lock of the session's offer and has written the session's new state.
    """
    row = await connection.fetchrow(
        """
        SELECT q.id, q.person_id, q.token_version, q.sequence, q.in_calendar, s.offer_id, s.starts_at, host.name AS host
        FROM campaigns.host_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id AND s.status = 'planned'
        JOIN campaigns.organisations host ON host.id = q.organisation_id
        WHERE q.session_id = $1 AND q.organisation_id = s.host_id AND q.status IN ('awaited', 'confirmed', 'proposed')
        """,
        session_id,
    )
    if row is None or row["starts_at"] <= now:
        return
    answer_by = answer_deadline(now=now, starts_at=row["starts_at"])
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET status = 'awaited', word = '', proposed_starts_at = NULL, proposed_ends_at = NULL, asked_at = $2,
            answer_by = $3, answered_at = NULL, reminded_at = NULL, sequence = sequence + in_calendar::integer
        WHERE id = $1
        """,
        row["id"],
        now,
        answer_by,
    )
    appointments = await read_appointments(connection, [session_id])
    spaces = await read_space_versions(connection, [row["person_id"]])
    await append_events(
        connection,
        [
            HostRequested(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=row["offer_id"],
                request_id=row["id"],
                token_version=row["token_version"],
                space_version=spaces[row["person_id"]],
                host=row["host"],
                appointment=appointments[session_id],
                answer_by=answer_by,
                sequence=row["sequence"] + 1 if row["in_calendar"] else 0,
                changes=tuple(changes),
            )
        ],
    )
