"""Plan notices: one delivery for each recipient of a fact about something else than a registration."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.notifications.entries import entry_of
from services.notifications.moment import moment_of
from services.notifications.reactions import reaction_to_notice
from shared.database import Connection
from shared.identifiers import new_id
from shared.notices import AnyNotice
from shared.settings import Settings


async def plan_notices(
    connection: Connection, notices: Sequence[AnyNotice], *, settings: Settings, now: datetime
) -> list[UUID]:
    """The new deliveries, due at once or in the morning; twice changes nothing. They have no registration.

    What goes to an address that takes no mail is `suppressed`, and not among those returned.
    """
    wanted = [
        (notice, reaction.message, moment, recipient_id)
        for notice in notices
        if (reaction := reaction_to_notice(notice))
        and (moment := moment_of(notice, reaction, None, settings=settings, now=now))
        for recipient_id in dict.fromkeys(notice.recipients)
    ]
    if not wanted:
        return []
    rows = await connection.fetch(
        """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, offer_id, sequence, priority, due_at, message_id, planned_at,
             quiet_until, calendar_method, state)
        SELECT id, event_id, message, recipient_id, offer_id, 0, priority, coalesce(quiet_until, due_at),
               '<' || id || '@' || $7 || '>', $8, quiet_until, method,
               CASE WHEN recipient_id IN (SELECT p.id FROM contract.people p
                                          JOIN notifications.suppressions s ON s.address = lower(p.email)
                                          WHERE p.id = ANY($4::uuid[]))
                    THEN 'suppressed' ELSE 'due' END
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::int[], $9::timestamptz[],
                    $10::text[], $11::timestamptz[])
            AS wanted (id, event_id, message, recipient_id, offer_id, priority, quiet_until, method, due_at)
        ON CONFLICT (event_id, message, recipient_id) DO NOTHING
        RETURNING id, state
        """,
        [new_id() for _ in wanted],
        [notice.id for notice, _, _, _ in wanted],
        [message for _, message, _, _ in wanted],
        [recipient_id for _, _, _, recipient_id in wanted],
        [notice.offer_id for notice, _, _, _ in wanted],
        [moment.priority for _, _, moment, _ in wanted],
        settings.mail_domain,
        now,
        [moment.quiet_until for _, _, moment, _ in wanted],
        [entry.method if (entry := entry_of(notice, recipient_id)) else None for notice, _, _, recipient_id in wanted],
        [moment.due_at for _, _, moment, _ in wanted],
    )
    return [row["id"] for row in rows if row["state"] == "due"]
