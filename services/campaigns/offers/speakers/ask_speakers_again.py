"""Ask speakers again: the session they were asked for has another time or place, so what they said holds no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.hosts.kept_yes import changed_since_yes, noted
from services.campaigns.offers.hosts.read import read_appointments
from shared.appointment import Appointment
from shared.changes import FieldChange
from shared.database import Connection
from shared.notices import SpeakerRequested
from shared.outbox import append_events
from shared.promises import PromiseChanged


async def ask_speakers_again(
    connection: Connection, *, session_id: UUID, changes: Sequence[FieldChange] = (), now: datetime
) -> None:
    """Await new answers to the living invitations of a session, by the links the speakers have already.

    Where the session is again what a speaker said yes to, the yes holds and nothing is asked. The caller holds the
    lock of the session's offer, has written the session's new state and the speakers' new times, and records the
    programme after it: it shows who has confirmed this time.
    """
    appointment = (await read_appointments(connection, [session_id])).get(session_id)
    if appointment is None or appointment.starts_at <= now:
        return
    answer_by = answer_deadline(now=now, starts_at=appointment.starts_at)
    living = await connection.fetch(
        """
        SELECT q.id, q.status, q.changed_since, q.in_calendar FROM campaigns.speaker_requests q
        WHERE q.session_id = $1 AND q.status IN ('awaited', 'confirmed') ORDER BY q.id FOR NO KEY UPDATE
        """,
        session_id,
    )
    since = {row["id"]: changed_since_yes(row["status"], row["changed_since"], changes) for row in living}
    holds = {row["id"]: since[row["id"]] == () and row["in_calendar"] for row in living}
    rows = await connection.fetch(
        """
        WITH asked AS (
            UPDATE campaigns.speaker_requests q
            SET status = CASE WHEN kept.holds THEN 'confirmed' ELSE 'awaited' END, word = '', asked_at = $2,
                answer_by = $3, answered_at = NULL, reminded_at = NULL,
                sequence = q.sequence + q.in_calendar::integer, changed_since = kept.changed_since::jsonb
            FROM campaigns.speakers speaker, campaigns.sessions s,
                 unnest($4::uuid[], $5::boolean[], $6::text[]) AS kept (id, holds, changed_since)
            WHERE q.session_id = $1 AND q.id = kept.id AND speaker.id = q.speaker_id
              AND s.id = q.session_id AND s.status = 'planned' AND speaker.person_id IS NOT NULL
            RETURNING q.id, q.session_id, q.speaker_id, q.token_version, speaker.name, speaker.person_id, s.offer_id,
                      kept.holds, CASE WHEN q.in_calendar THEN q.sequence ELSE 0 END AS sequence
        ), sure AS (
            UPDATE campaigns.session_speakers link SET confirmed = asked.holds
            FROM asked WHERE link.session_id = asked.session_id AND link.speaker_id = asked.speaker_id
        )
        SELECT id, token_version, name, person_id, offer_id, holds, sequence FROM asked ORDER BY id
        """,
        session_id,
        now,
        answer_by,
        list(holds),
        list(holds.values()),
        [None if holds[each] else noted(since[each]) for each in holds],
    )
    await append_events(connection, [_fact(row, appointment, changes, answer_by, now) for row in rows])


def _fact(
    row: Any, appointment: Appointment, changes: Sequence[FieldChange], answer_by: datetime, now: datetime
) -> SpeakerRequested | PromiseChanged:
    about = {
        "occurred_at": now,
        "recipients": (row["person_id"],),
        "offer_id": row["offer_id"],
        "request_id": row["id"],
        "token_version": row["token_version"],
        "appointment": appointment,
        "sequence": row["sequence"],
        "changes": tuple(changes),
    }
    if row["holds"]:
        return PromiseChanged(**about, keeper="speaker", promised_by=row["name"], holds_again=True)
    return SpeakerRequested(**about, speaker=row["name"], answer_by=answer_by)
