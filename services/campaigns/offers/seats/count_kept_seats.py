"""Count the kept seats of a locked offer that are not used yet, for pages: verbs that decide count anew."""

from datetime import datetime

from services.campaigns.offers.offer import Offer
from services.campaigns.offers.seats.quota import count_kept
from services.campaigns.offers.seats.read import count_claims, list_quotas
from shared.database import Connection


async def count_kept_seats(connection: Connection, offer: Offer, *, now: datetime) -> None:
    """After a seat went from hand to hand; does nothing where no seat is kept."""
    if offer.kept is None:
        return
    taken, _ = await count_claims(connection, offer.id)
    kept = count_kept(await list_quotas(connection, offer.id, now=now), taken)
    await connection.execute("UPDATE campaigns.offers SET kept = $2 WHERE id = $1", offer.id, kept)
