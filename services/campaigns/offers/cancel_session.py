"""Cancel a session: it will not take place, and everybody who has it in the programme is told."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import SessionCancelled
from shared.outbox import append_events


async def cancel_session(
    connection: Connection, *, session_id: UUID, note: str = "", tell_after: datetime | None = None, now: datetime
) -> None:
    """Doing it twice is harmless; raises `OfferAlreadyCancelled`. Its speakers are free again.

    `note` is a sentence for those who are told, `tell_after` holds the news back.
    """
    offer, session = await lock_session(connection, session_id)
    if session.status == "cancelled":
        return
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    await connection.execute(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', sequence = sequence + 1, changed_at = $2, cancelled_at = $2
        WHERE id = $1
        """,
        session_id,
        now,
    )
    await connection.execute("DELETE FROM campaigns.session_speakers WHERE session_id = $1", session_id)
    await release_asked(connection, session_ids=[session_id], reason="session_cancelled", now=now)
    if offer.status == "draft":
        # nobody has seen it: there is nothing to tell
        await settle_draft(connection, offer_id=offer.id)
        return
    programme = await record_programme(connection, offer_id=offer.id, now=now)
    revision = offer.revision + 1
    await settle_offer(connection, offer, revision=revision)
    await append_events(
        connection,
        [
            SessionCancelled(
                occurred_at=now,
                offer_id=offer.id,
                revision=revision,
                programme=programme.version,
                session_id=session_id,
                audience=await audience_of(connection, offer.id, group_id=session.group_id),
                note=note,
                tell_after=tell_after,
            )
        ],
    )
