"""Release speakers: their session is cancelled, or they are needed no more; they are told, and their time is free."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.speakers.lock_invitation import lock_invitation
from shared.database import Connection
from shared.notices import SpeakerReleased
from shared.outbox import append_events

Reason = Literal["replaced", "session_cancelled", "offer_cancelled"]


async def release_speakers(
    connection: Connection,
    *,
    session_ids: Sequence[UUID],
    reason: Reason,
    request_id: UUID | None = None,
    now: datetime,
) -> None:
    """End the living invitations to these sessions, or one of them. The caller holds the lock of the sessions' offer,
    and records the programme.
    """
    rows = await connection.fetch(
        """
        WITH alive AS (
            SELECT id, in_calendar FROM campaigns.speaker_requests
            WHERE session_id = ANY($1::uuid[]) AND status IN ('awaited', 'confirmed')
              AND ($2::uuid IS NULL OR id = $2)
        ), ended AS (
            UPDATE campaigns.speaker_requests q
            SET status = 'withdrawn', in_calendar = false, sequence = q.sequence + q.in_calendar::integer
            FROM alive WHERE q.id = alive.id
            RETURNING q.id, q.session_id, q.speaker_id, q.token_version,
                      CASE WHEN alive.in_calendar THEN q.sequence ELSE 0 END AS sequence
        ), freed AS (
            DELETE FROM campaigns.session_speakers link USING ended
            WHERE link.session_id = ended.session_id AND link.speaker_id = ended.speaker_id
        )
        SELECT ended.id, ended.session_id, ended.token_version, ended.sequence, speaker.name,
               speaker.person_id, s.offer_id
        FROM ended
        JOIN campaigns.speakers speaker ON speaker.id = ended.speaker_id
        JOIN campaigns.sessions s ON s.id = ended.session_id
        WHERE s.starts_at > $3 AND speaker.person_id IS NOT NULL
        ORDER BY ended.id
        """,
        list(session_ids),
        request_id,
        now,
    )
    appointments = await read_appointments(connection, [row["session_id"] for row in rows])
    await append_events(
        connection,
        [
            SpeakerReleased(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=row["offer_id"],
                request_id=row["id"],
                token_version=row["token_version"],
                speaker=row["name"],
                appointment=appointments[row["session_id"]],
                reason=reason,
                sequence=row["sequence"],
            )
            for row in rows
        ],
    )


async def withdraw_invitation(connection: Connection, *, request_id: UUID, now: datetime) -> None:
    """The planner needs this speaker no more. Doing it twice is harmless; raises `UnknownInvitation`."""
    offer, invitation = await lock_invitation(connection, request_id)
    if invitation.status not in ("awaited", "confirmed"):
        return
    await release_speakers(
        connection, session_ids=[invitation.session_id], reason="replaced", request_id=request_id, now=now
    )
    if invitation.status == "confirmed" and offer.status != "draft":
        await record_programme(connection, offer_id=offer.id, now=now)
