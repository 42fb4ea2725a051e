"""Release hosts: their sessions are cancelled, or another company receives; who was still asked is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.database import Connection
from shared.notices import HostReleased
from shared.outbox import append_events


async def release_hosts(
    connection: Connection,
    *,
    session_ids: Sequence[UUID],
    reason: Literal["replaced", "session_cancelled", "offer_cancelled"],
    host_id: UUID | None = None,
    now: datetime,
) -> None:
    """End the requests of these sessions, of one company or of all; who had said no already is not told.

    The caller holds the lock of the sessions' offer.
    """
    rows = await connection.fetch(
        """
        WITH alive AS (
            SELECT id, status, in_calendar FROM campaigns.host_requests
            WHERE session_id = ANY($1::uuid[]) AND status <> 'replaced'
              AND ($2::uuid IS NULL OR organisation_id = $2)
        )
        UPDATE campaigns.host_requests q
        SET status = 'replaced', in_calendar = false, sequence = q.sequence + q.in_calendar::integer
        FROM alive, campaigns.sessions s, campaigns.organisations host
        WHERE q.id = alive.id AND s.id = q.session_id AND host.id = q.organisation_id
        RETURNING q.id, q.session_id, q.person_id, q.token_version, alive.status AS before, s.offer_id, s.starts_at,
                  host.name, CASE WHEN alive.in_calendar THEN q.sequence ELSE 0 END AS sequence
        """,
        list(session_ids),
        host_id,
    )
    told = [row for row in rows if row["before"] not in ("declined", "withdrawn") and row["starts_at"] > now]
    appointments = await read_appointments(connection, [row["session_id"] for row in told])
    if reason == "replaced":
        # where the session is now is the other company's place
        appointments = {
            session_id: msgspec.structs.replace(session, place="", room="", meeting_point="")
            for session_id, session in appointments.items()
        }
    spaces = await read_space_versions(connection, {row["person_id"] for row in told})
    await append_events(
        connection,
        [
            HostReleased(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=row["offer_id"],
                request_id=row["id"],
                token_version=row["token_version"],
                space_version=spaces[row["person_id"]],
                host=row["name"],
                appointment=appointments[row["session_id"]],
                reason=reason,
                sequence=row["sequence"],
            )
            for row in sorted(told, key=lambda row: row["id"])
        ],
    )
