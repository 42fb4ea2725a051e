"""Cancel an offer: everybody in it or waiting for it is told, and nobody can join any more."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import OfferCancelled
from shared.outbox import append_events


async def cancel_offer(connection: Connection, *, offer_id: UUID, note: str = "", now: datetime) -> bool:
    """Whether it was cancelled now: doing it twice is harmless. Sessions, registrations and the times they took end in
    the same transaction.

    `note` is a sentence for those who are told. Raises `UnknownOffer` for a draft: cancelling would show what was never
    published.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status == "draft":
        raise UnknownOffer
    if offer.status == "cancelled":
        return False
    audience = await audience_of(connection, offer_id, waiting=True)
    await connection.execute(
        "UPDATE campaigns.offers SET status = 'cancelled', cancelled_at = $2 WHERE id = $1", offer_id, now
    )
    ended = await connection.fetch(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', sequence = sequence + 1, changed_at = $2, cancelled_at = $2
        WHERE offer_id = $1 AND status = 'planned'
        RETURNING id
        """,
        offer_id,
        now,
    )
    await release_asked(connection, session_ids=[row["id"] for row in ended], reason="offer_cancelled", now=now)
    await connection.execute(
        """
        DELETE FROM campaigns.session_speakers WHERE session_id IN
            (SELECT id FROM campaigns.sessions WHERE offer_id = $1)
        """,
        offer_id,
    )
    await connection.execute("DELETE FROM campaigns.pupil_times WHERE offer_id = $1", offer_id)
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = 'cancelled', held_for = NULL, deadline = NULL, changed_at = $2
        WHERE offer_id = $1 AND status IN ('waiting', 'held', 'confirmed')
        """,
        offer_id,
        now,
    )
    programme = await record_programme(connection, offer_id=offer_id, now=now)
    revision = offer.revision + 1
    await settle_offer(connection, offer, taken=-offer.taken, waiting=-offer.waiting, revision=revision)
    await append_events(
        connection,
        [
            OfferCancelled(
                occurred_at=now,
                offer_id=offer_id,
                revision=revision,
                programme=programme.version,
                audience=audience,
                note=note,
            )
        ],
    )
    return True
