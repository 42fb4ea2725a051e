"""What the contract shows of messages sent, with their facts and the people they went to."""

from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.offers.life.sendings.sending import Sending
from shared.database import Connection
from shared.events import FieldChange


async def list_sendings(
    connection: Connection, offer_id: UUID, *, event_id: UUID | None = None, before: UUID | None, limit: int
) -> list[Sending]:
    """The messages about an offer, the newest first, before the message `before`; of one fact on request."""
    rows = await connection.fetch(
        """
        SELECT d.id, d.event_id, d.message, d.state, d.due_at, d.sent_at, e.tag, e.occurred_at,
               CASE WHEN p.erased_at IS NULL THEN trim(p.first_name || ' ' || p.last_name) ELSE '' END AS person,
               CASE WHEN pupil.erased_at IS NULL AND d.recipient_id <> r.pupil_id
                    THEN trim(pupil.first_name || ' ' || pupil.last_name) ELSE '' END AS pupil,
               CASE WHEN d.recipient_id = r.pupil_id THEN 'pupil'
                    WHEN d.registration_id IS NOT NULL THEN 'guardian' ELSE 'other' END AS role,
               coalesce(s.title, '') AS session, s.starts_at AS session_at,
               coalesce(e.body -> 'changes', '[]') AS changes, coalesce(e.body ->> 'note', '') AS note
        FROM contract.deliveries d
        JOIN contract.events e ON e.id = d.event_id
        LEFT JOIN contract.people p ON p.id = d.recipient_id
        LEFT JOIN campaigns.registrations r ON r.id = d.registration_id
        LEFT JOIN contract.people pupil ON pupil.id = r.pupil_id
        LEFT JOIN campaigns.sessions s ON s.id = (e.body ->> 'session_id')::uuid
        WHERE d.offer_id = $1 AND ($2::uuid IS NULL OR d.event_id = $2) AND ($3::uuid IS NULL OR d.id < $3)
        ORDER BY d.id DESC LIMIT $4
        """,
        offer_id,
        event_id,
        before,
        limit,
    )
    return [_sending(row) for row in rows]


def _sending(row: Any) -> Sending:
    """Changes of a campaign or of a rotation are words, not fields: they are their own mail's."""
    try:
        changes = msgspec.json.decode(row["changes"], type=tuple[FieldChange, ...])
    except msgspec.ValidationError:
        changes = ()
    return Sending(**{**row, "changes": changes, "person": row["person"] or "", "pupil": row["pupil"] or ""})
