"""Send the guardian's link to consent once more: a pupil asks for it, or a planner; it goes to the guardian alone."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.database import Connection
from shared.notices import LinksRequested, PersonalLink
from shared.outbox import append_events

CONSENT_LINK_AGAIN_AFTER = timedelta(hours=1)


async def send_consent_link(connection: Connection, *, registration_id: UUID, now: datetime) -> bool:
    """Whether a mail leaves: only where consent is still awaited, and none was sent so within the last hour."""
    row = await connection.fetchrow(
        """
        UPDATE campaigns.registrations r SET consent_link_at = $2
        FROM campaigns.offers o, contract.people guardian
        WHERE r.id = $1 AND o.id = r.offer_id AND guardian.id = r.guardian_id AND guardian.erased_at IS NULL
          AND r.under_15 AND r.consented_at IS NULL AND r.held_for IS DISTINCT FROM 'address'
          AND (r.status = 'waiting' OR (r.status = 'held' AND r.deadline > $2))
          AND (r.consent_link_at IS NULL OR r.consent_link_at <= $3)
        RETURNING r.guardian_id, r.guardian_version, o.title
        """,
        registration_id,
        now,
        now - CONSENT_LINK_AGAIN_AFTER,
    )
    if row is None:
        return False
    link = PersonalLink(
        registration_id=registration_id,
        token_version=row["guardian_version"],
        offer=row["title"],
        to_guardian=True,
    )
    fact = LinksRequested(occurred_at=now, recipients=(row["guardian_id"],), links=(), consents=(link,))
    await append_events(connection, [fact])
    return True
