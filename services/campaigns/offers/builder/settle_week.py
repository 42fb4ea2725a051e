"""Settle a week at the end of a verb that changes it: a draft's change is told to nobody, a public offer's is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import AnyEvent, Concerned
from shared.outbox import append_events

# what every fact of this change carries, and who has a session of this group in the programme → the facts
Facts = Callable[[dict[str, Any], Callable[[UUID | None], tuple[Concerned, ...]]], Sequence[AnyEvent]]


async def settle_week(
    connection: Connection,
    offer: Offer,
    facts: Facts,
    *,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """Record the programme of the locked offer, raise its revision once and append the facts; a draft only settles.

    `note` is a sentence for those who are told, `tell_after` holds the news back.
    """
    if offer.status == "draft":
        await settle_draft(connection, offer_id=offer.id)
        return
    programme = await record_programme(connection, offer_id=offer.id, now=now)
    everybody = await audience_of(connection, offer.id)

    def concerned(group_id: UUID | None) -> tuple[Concerned, ...]:
        return tuple(one for one in everybody if group_id is None or one.group_id in (None, group_id))

    common = {
        "occurred_at": now,
        "offer_id": offer.id,
        "revision": offer.revision + 1,
        "programme": programme.version,
        "note": note,
        "tell_after": tell_after,
    }
    events = facts(common, concerned)
    await settle_offer(connection, offer, revision=offer.revision + 1 if events else None)
    await append_events(connection, events)
