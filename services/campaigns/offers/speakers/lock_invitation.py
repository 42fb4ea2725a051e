"""Lock a speaker's invitation: its session's offer first, as every verb does."""

from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.speakers.speaker import Invitation, UnknownInvitation
from shared.database import Connection


async def lock_invitation(connection: Connection, request_id: UUID) -> tuple[Offer, Invitation]:
    """Lock the offer of an invitation, then read both; raises `UnknownInvitation`."""
    offer_id = await connection.fetchval(
        """
        SELECT s.offer_id FROM campaigns.speaker_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE q.id = $1
        """,
        request_id,
    )
    if offer_id is None:
        raise UnknownInvitation
    offer = await lock_offer(connection, offer_id)
    row = await connection.fetchrow(
        """
        SELECT q.id, q.session_id, q.speaker_id, speaker.name AS speaker, speaker.person_id, q.status,
               q.token_version, q.sequence, q.in_calendar, s.starts_at, s.status AS session_status,
               speaker.contact_again_at IS NOT NULL AS contact_again
        FROM campaigns.speaker_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.speakers speaker ON speaker.id = q.speaker_id
        WHERE q.id = $1
        """,
        request_id,
    )
    if row is None:
        raise UnknownInvitation
    return offer, Invitation(**dict(row))
