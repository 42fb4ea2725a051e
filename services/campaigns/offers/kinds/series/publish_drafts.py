"""Publish what can be published of a series: each offer in a transaction of its own, and why the others cannot."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.offers.kinds.series.read import SeriesOffer
from services.campaigns.offers.publish_offer import publish_offer
from shared.database import Connection
from shared.refusal import Refusal

Transaction = Callable[[], AbstractAsyncContextManager[Connection]]


class Published(Struct, frozen=True):
    """One draft after the attempt; `trouble` is empty where it is public now."""

    offer: SeriesOffer
    trouble: str = ""


async def publish_drafts(
    transaction: Transaction, actor: Actor, drafts: Sequence[SeriesOffer], *, now: datetime
) -> list[Published]:
    """What became of each, in the order given; one that cannot be published holds back none behind it."""
    return [published async for published in _each(transaction, actor, drafts, now)]


async def _each(
    transaction: Transaction, actor: Actor, drafts: Sequence[SeriesOffer], now: datetime
) -> AsyncIterator[Published]:
    for offer in drafts:
        try:
            async with transaction() as connection:
                await publish_offer(connection, offer_id=offer.id, now=now)
                await write_audit(connection, actor, "publish_offer", "Offre publiée.", now=now, offer_id=offer.id)
        except Refusal as refusal:
            yield Published(offer, refusal.sentence)
        else:
            yield Published(offer)
