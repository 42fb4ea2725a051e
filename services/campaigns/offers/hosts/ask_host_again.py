"""Ask a host again: the session it was asked for has another time or place, so what it said holds no more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.hosts.kept_yes import changed_since_yes, noted
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.changes import FieldChange
from shared.database import Connection
from shared.notices import HostRequested
from shared.outbox import append_events
from shared.promises import PromiseChanged


async def ask_host_again(
    connection: Connection, *, session_id: UUID, changes: Sequence[FieldChange] = (), now: datetime
) -> None:
    """Await a new answer to the living request of a session, if there is one, by the link the company has already.

    Where the session is again what the company said yes to, the yes holds and nothing is asked. The caller holds the
    lock of the session's offer and has written the session's new state.
    """
    row = await connection.fetchrow(
        """
        SELECT q.id, q.person_id, q.token_version, q.sequence, q.in_calendar, q.status, q.changed_since, s.offer_id,
               s.starts_at, host.name AS host
        FROM campaigns.host_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id AND s.status = 'planned'
        JOIN campaigns.organisations host ON host.id = q.organisation_id
        WHERE q.session_id = $1 AND q.organisation_id = s.host_id AND q.status IN ('awaited', 'confirmed', 'proposed')
        """,
        session_id,
    )
    if row is None or row["starts_at"] <= now:
        return
    since = changed_since_yes(row["status"], row["changed_since"], changes)
    holds = since == () and row["in_calendar"]
    answer_by = answer_deadline(now=now, starts_at=row["starts_at"])
    await connection.execute(
        """
        UPDATE campaigns.host_requests
        SET status = CASE WHEN $5 THEN 'confirmed' ELSE 'awaited' END, word = '', proposed_starts_at = NULL,
            proposed_ends_at = NULL, asked_at = $2, answer_by = $3, answered_at = NULL, reminded_at = NULL,
            sequence = sequence + in_calendar::integer, changed_since = $4::jsonb
        WHERE id = $1
        """,
        row["id"],
        now,
        answer_by,
        None if holds else noted(since),
        holds,
    )
    appointments = await read_appointments(connection, [session_id])
    spaces = await read_space_versions(connection, [row["person_id"]])
    about = {
        "occurred_at": now,
        "recipients": (row["person_id"],),
        "offer_id": row["offer_id"],
        "request_id": row["id"],
        "token_version": row["token_version"],
        "space_version": spaces[row["person_id"]],
        "appointment": appointments[session_id],
        "sequence": row["sequence"] + 1 if row["in_calendar"] else 0,
        "changes": tuple(changes),
    }
    await append_events(
        connection,
        [
            PromiseChanged(**about, keeper="host", promised_by=row["host"], holds_again=True)
            if holds
            else HostRequested(**about, host=row["host"], answer_by=answer_by)
        ],
    )
