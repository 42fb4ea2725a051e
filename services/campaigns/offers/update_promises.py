"""Update promises: what hosts and speakers have in their calendars follows a new title or room, and asks nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from shared.changes import FieldChange
from shared.database import Connection
from shared.outbox import append_events
from shared.promises import PromiseChanged

# what an entry shows, and no answer depends on
SHOWN = ("title", "room", "meeting_point")


async def update_promises(
    connection: Connection, *, session_id: UUID, changes: Sequence[FieldChange], now: datetime
) -> None:
    """The caller holds the lock of the session's offer and has written the session's new state."""
    shown = tuple(change for change in changes if change.field in SHOWN)
    appointment = (await read_appointments(connection, [session_id])).get(session_id) if shown else None
    if appointment is None or appointment.starts_at <= now:
        return
    rows = await connection.fetch(
        """
        WITH hosts AS (
            UPDATE campaigns.host_requests q SET sequence = q.sequence + 1
            FROM campaigns.organisations host
            WHERE q.session_id = $1 AND q.in_calendar AND host.id = q.organisation_id
            RETURNING q.id, q.token_version, q.sequence, q.person_id, host.name, 'host' AS keeper
        ), speakers AS (
            UPDATE campaigns.speaker_requests q SET sequence = q.sequence + 1
            FROM campaigns.speakers speaker
            WHERE q.session_id = $1 AND q.in_calendar AND speaker.id = q.speaker_id AND speaker.person_id IS NOT NULL
            RETURNING q.id, q.token_version, q.sequence, speaker.person_id, speaker.name, 'speaker' AS keeper
        )
        SELECT promises.*, (SELECT offer_id FROM campaigns.sessions WHERE id = $1) AS offer_id
        FROM (SELECT * FROM hosts UNION ALL SELECT * FROM speakers) promises ORDER BY id
        """,
        session_id,
    )
    spaces = await read_space_versions(connection, {row["person_id"] for row in rows}) if rows else {}
    await append_events(
        connection,
        [
            PromiseChanged(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=row["offer_id"],
                request_id=row["id"],
                token_version=row["token_version"],
                space_version=spaces[row["person_id"]],
                keeper=row["keeper"],
                promised_by=row["name"],
                appointment=appointment,
                sequence=row["sequence"],
                changes=shown,
            )
            for row in rows
        ],
    )
