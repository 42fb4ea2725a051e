"""What the contract shows of messages sent, with their facts and the people they went to."""

from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.offers.life.sendings.filters import SendingFilter
from services.campaigns.offers.life.sendings.sending import Sending, UnknownSending
from shared.database import Connection
from shared.events import FieldChange

SENDINGS = """
        SELECT d.id, d.event_id, d.message, d.state, d.due_at, d.sent_at, e.tag, e.occurred_at,
               CASE WHEN p.erased_at IS NULL THEN trim(p.first_name || ' ' || p.last_name) ELSE '' END AS person,
               CASE WHEN pupil.erased_at IS NULL AND d.recipient_id <> r.pupil_id
                    THEN trim(pupil.first_name || ' ' || pupil.last_name) ELSE '' END AS pupil,
               CASE WHEN d.recipient_id = r.pupil_id THEN 'pupil'
                    WHEN d.registration_id IS NOT NULL THEN 'guardian' ELSE 'other' END AS role,
               coalesce(s.title, '') AS session, s.starts_at AS session_at,
               coalesce(e.body -> 'changes', '[]') AS changes, coalesce(e.body ->> 'note', '') AS note,
               d.recipient_id, d.registration_id, d.quiet_until, d.attempts, d.answer,
               d.superseded_by IS NOT NULL AS told_otherwise,
               coalesce((SELECT reason FROM contract.suppressions WHERE address = lower(p.email)), '') AS closed,
               EXISTS (SELECT FROM contract.unwanted u WHERE u.person_id = d.recipient_id AND u.message = d.message)
               AS unwanted,
               EXISTS (SELECT FROM contract.sending WHERE paused_at IS NOT NULL) AS paused
        FROM contract.deliveries d
        JOIN contract.events e ON e.id = d.event_id
        LEFT JOIN contract.people p ON p.id = d.recipient_id
        LEFT JOIN campaigns.registrations r ON r.id = d.registration_id
        LEFT JOIN contract.people pupil ON pupil.id = r.pupil_id
        LEFT JOIN campaigns.sessions s ON s.id = (e.body ->> 'session_id')::uuid
"""


async def list_sendings(
    connection: Connection, offer_id: UUID, *, only: SendingFilter, before: UUID | None, limit: int
) -> list[Sending]:
    """The messages about an offer, the newest first, before the message `before`; those that are asked for."""
    rows = await connection.fetch(
        f"""
        {SENDINGS}
        WHERE d.offer_id = $1 AND ($2::uuid IS NULL OR d.event_id = $2) AND ($3::uuid IS NULL OR d.id < $3)
          AND ($5::text IS NULL OR d.state = $5 OR $5 = 'due' AND d.state = 'sending')
          AND ($6::text IS NULL OR d.message = $6)
          AND ($7::uuid IS NULL OR d.recipient_id = $7 OR r.pupil_id = $7)
          AND ($8::date IS NULL OR (d.planned_at AT TIME ZONE 'Europe/Paris')::date = $8)
        ORDER BY d.id DESC LIMIT $4
        """,  # a constant of this module
        offer_id,
        only.event_id,
        before,
        limit,
        only.state,
        only.message,
        only.person_id,
        only.day,
    )
    return [_sending(row) for row in rows]


async def find_sending(connection: Connection, offer_id: UUID, sending_id: UUID) -> tuple[Sending, bytes | None]:
    """One message about an offer, and its bytes while they are kept; raises `UnknownSending`."""
    row = await connection.fetchrow(
        f"{SENDINGS} WHERE d.offer_id = $1 AND d.id = $2",  # a constant of this module
        offer_id,
        sending_id,
    )
    if row is None:
        raise UnknownSending
    mail: bytes | None = await connection.fetchval("SELECT mail FROM contract.mails WHERE id = $1", sending_id)
    return _sending(row), mail


async def count_sendings(connection: Connection, offer_id: UUID) -> tuple[dict[str, int], set[str]]:
    """How many messages about an offer are in each state, and which messages there are."""
    rows = await connection.fetch(
        """
        SELECT CASE state WHEN 'sending' THEN 'due' ELSE state END AS state, message, count(*) AS number
        FROM contract.deliveries WHERE offer_id = $1 GROUP BY 1, 2
        """,
        offer_id,
    )
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + row["number"]
    return counts, {row["message"] for row in rows}


def _sending(row: Any) -> Sending:
    """Changes of a campaign or of a rotation are words, not fields: they are their own mail's."""
    try:
        changes = msgspec.json.decode(row["changes"], type=tuple[FieldChange, ...])
    except msgspec.ValidationError:
        changes = ()
    return Sending(**{**row, "changes": changes, "person": row["person"] or "", "pupil": row["pupil"] or ""})
