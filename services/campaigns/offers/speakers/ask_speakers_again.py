"""Ask speakers again: the session they were asked for has another time or place, so what they said holds no more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.hosts.read import read_appointments
from shared.changes import FieldChange
from shared.database import Connection
from shared.notices import SpeakerRequested
from shared.outbox import append_events


async def ask_speakers_again(
    connection: Connection, *, session_id: UUID, changes: Sequence[FieldChange] = (), now: datetime
) -> None:
    """Await new answers to the living invitations of a session, by the links the speakers have already.

    The caller holds the lock of the session's offer, has written the session's new state and the speakers' new times,
    and records the programme after it: it shows who has confirmed this time.
    """
    appointment = (await read_appointments(connection, [session_id])).get(session_id)
    if appointment is None or appointment.starts_at <= now:
        return
    answer_by = answer_deadline(now=now, starts_at=appointment.starts_at)
    rows = await connection.fetch(
        """
        WITH asked AS (
            UPDATE campaigns.speaker_requests q
            SET status = 'awaited', word = '', asked_at = $2, answer_by = $3, answered_at = NULL, reminded_at = NULL,
                sequence = q.sequence + q.in_calendar::integer
            FROM campaigns.speakers speaker, campaigns.sessions s
            WHERE q.session_id = $1 AND q.status IN ('awaited', 'confirmed') AND speaker.id = q.speaker_id
              AND s.id = q.session_id AND s.status = 'planned' AND speaker.person_id IS NOT NULL
            RETURNING q.id, q.session_id, q.speaker_id, q.token_version, speaker.name, speaker.person_id, s.offer_id,
                      CASE WHEN q.in_calendar THEN q.sequence ELSE 0 END AS sequence
        ), unsure AS (
            UPDATE campaigns.session_speakers link SET confirmed = false
            FROM asked WHERE link.session_id = asked.session_id AND link.speaker_id = asked.speaker_id
        )
        SELECT id, token_version, name, person_id, offer_id, sequence FROM asked
        """,
        session_id,
        now,
        answer_by,
    )
    await append_events(
        connection,
        [
            SpeakerRequested(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=row["offer_id"],
                request_id=row["id"],
                token_version=row["token_version"],
                speaker=row["name"],
                appointment=appointment,
                answer_by=answer_by,
                sequence=row["sequence"],
                changes=tuple(changes),
            )
            for row in sorted(rows, key=lambda row: row["id"])
        ],
    )
