"""Plan reminders: keep those of some registrations as their newest programme wants them, in three statements."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.reminders import REMINDING, Due, due_reminders
from shared.database import Connection
from shared.identifiers import new_id
from shared.programme import Programme


async def plan_reminders(
    connection: Connection, touched: Mapping[UUID, UUID], *, mail_domain: str, now: datetime
) -> None:
    """Plan, move or drop what is not sent yet of these registrations, each with the event that touched it.

    Only who has a seat is reminded. Of a time that was past when the event happened nobody is; who was reminded of a
    day is again only when it is another day. Doing it twice changes nothing.
    """
    if not touched:
        return
    calendars = await connection.fetch(
        """
        SELECT registration_id, offer_id, group_id, programme_version, status, sequence, occurred_at
        FROM notifications.calendars WHERE registration_id = ANY($1::uuid[]) ORDER BY registration_id
        """,
        list(touched),
    )
    seated = [row for row in calendars if row["status"] == "confirmed"]
    due = await _due(connection, {(row["offer_id"], row["programme_version"], row["group_id"]) for row in seated})
    wanted = [(row, each) for row in seated for each in due[row["offer_id"], row["programme_version"], row["group_id"]]]
    await connection.execute(
        """
        WITH wanted AS (
            SELECT *, due_at > happened_at AS ahead
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::int[],
                        $9::timestamptz[], $10::timestamptz[], $11::timestamptz[])
                AS wanted (id, guardian_delivery, event_id, registration_id, offer_id, message, sequence, priority,
                           due_at, useless_from, happened_at)
        ), dropped AS (
            UPDATE notifications.deliveries d SET state = 'superseded', mail = NULL
            WHERE d.registration_id = ANY($12::uuid[]) AND d.message = ANY($13::text[]) AND d.state = 'due'
              AND NOT EXISTS (SELECT FROM wanted w
                              WHERE w.registration_id = d.registration_id AND w.message = d.message
                                AND (w.useless_from = d.useless_from OR d.mail IS NULL AND w.ahead))
        ), moved AS (
            UPDATE notifications.deliveries d SET due_at = w.due_at, useless_from = w.useless_from
            FROM wanted w
            WHERE d.registration_id = w.registration_id AND d.message = w.message AND d.state = 'due'
              AND d.mail IS NULL AND w.ahead AND w.useless_from <> d.useless_from
        ), addressed AS (
            SELECT w.*, c.pupil_id, c.guardian_id,
                   guardian.email IS NOT NULL AND pupil.email IS NULL AND pupil.erased_at IS NULL AS instead,
                   lower(guardian.email) <> lower(pupil.email) AS besides
            FROM wanted w
            JOIN notifications.calendars c ON c.registration_id = w.registration_id
            LEFT JOIN contract.people pupil ON pupil.id = c.pupil_id
            LEFT JOIN contract.people guardian ON guardian.id = c.guardian_id
            WHERE w.ahead
        ), letters AS (
            SELECT id, CASE WHEN instead THEN guardian_id ELSE pupil_id END AS recipient_id, event_id,
                   registration_id, offer_id, message, sequence, priority, due_at, useless_from FROM addressed
            UNION ALL
            SELECT guardian_delivery, guardian_id, event_id,
                   registration_id, offer_id, message, sequence, priority, due_at, useless_from
            FROM addressed WHERE besides
        )
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, registration_id, offer_id, sequence, priority, due_at, useless_from,
             message_id, planned_at)
        SELECT l.id, l.event_id, l.message, l.recipient_id, l.registration_id, l.offer_id, l.sequence, l.priority,
               l.due_at, l.useless_from, '<' || l.id || '@' || $14 || '>', $15
        FROM letters l
        WHERE NOT EXISTS (
            SELECT FROM notifications.deliveries d
            WHERE d.registration_id = l.registration_id AND d.message = l.message AND d.recipient_id = l.recipient_id
              AND d.state <> 'superseded'
              AND (d.useless_from = l.useless_from OR d.state = 'due' AND d.mail IS NULL))
        ON CONFLICT (event_id, message, recipient_id) DO NOTHING
        """,
        [new_id() for _ in wanted],
        [new_id() for _ in wanted],
        [touched[row["registration_id"]] for row, _ in wanted],
        [row["registration_id"] for row, _ in wanted],
        [row["offer_id"] for row, _ in wanted],
        [each.reminder.message for _, each in wanted],
        [row["sequence"] for row, _ in wanted],
        [each.reminder.priority for _, each in wanted],
        [each.due_at for _, each in wanted],
        [each.useless_from for _, each in wanted],
        [row["occurred_at"] for row, _ in wanted],
        list(touched),
        list(REMINDING),
        mail_domain,
        now,
    )


async def _due(
    connection: Connection, wanted: set[tuple[UUID, int, UUID | None]]
) -> dict[tuple[UUID, int, UUID | None], tuple[Due, ...]]:
    """The reminders before each programme's first day, group by group; none where the programme is not there."""
    keys = {(offer_id, version) for offer_id, version, _ in wanted}
    if not keys:
        return {}
    rows = await connection.fetch(
        """
        SELECT p.offer_id, p.version, p.body FROM contract.programmes p
        JOIN unnest($1::uuid[], $2::int[]) AS wanted (offer_id, version) USING (offer_id, version)
        """,
        [offer_id for offer_id, _ in keys],
        [version for _, version in keys],
    )
    programmes = {(row["offer_id"], row["version"]): msgspec.json.decode(row["body"], type=Programme) for row in rows}
    return {
        (offer_id, version, group_id): due_reminders(programmes[offer_id, version], group_id)
        if (offer_id, version) in programmes
        else ()
        for offer_id, version, group_id in wanted
    }
