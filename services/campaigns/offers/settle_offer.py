"""Settle an offer at the end of a verb: its counters move and its revision rises, once in a transaction."""

from services.campaigns.offers.offer import Offer
from shared.database import Connection


async def settle_offer(
    connection: Connection,
    offer: Offer,
    *,
    taken: int = 0,
    waiting: int = 0,
    ranks: int = 0,
    revision: int | None = None,
) -> None:
    """Add to the counters of a locked offer; `revision` is the one that this transaction's events carry.

    The CHECK `never_more_taken_than_seats` has the last word.
    """
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET taken = taken + $2, waiting = waiting + $3, next_rank = next_rank + $4, revision = coalesce($5, revision)
        WHERE id = $1
        """,
        offer.id,
        taken,
        waiting,
        ranks,
        revision,
    )
