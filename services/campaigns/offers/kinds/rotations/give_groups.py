"""Give a group to the pupils of an offer who have a seat and none: each joins the least filled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer, OfferAlreadyCancelled, least_filled_groups
from services.campaigns.offers.read import count_groups
from services.campaigns.offers.settle_offer import settle_offer
from shared.changes import FieldChange
from shared.database import Connection
from shared.events import Concerned, OfferChanged, RegistrationConfirmed
from shared.languages import later
from shared.outbox import append_events
from shared.refusal import Refusal


class NoGroups(Refusal):
    """The offer has no groups to give."""

    reason: ClassVar[str] = "no-groups"

    def __init__(self) -> None:
        super().__init__(later("Cette offre n’a pas de groupes."))


async def give_groups(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """How many pupils were given a group, in the order of their ranks; each is told which. Raises `NoGroups`."""
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if not offer.group_ids:
        raise NoGroups
    without = await connection.fetch(
        """
        SELECT id FROM campaigns.registrations
        WHERE offer_id = $1 AND status IN ('held', 'confirmed') AND group_id IS NULL ORDER BY rank
        """,
        offer_id,
    )
    if not without:
        return 0
    chosen = least_filled_groups(offer.group_ids, await count_groups(connection, offer), len(without))
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations r SET group_id = chosen.group_id, changed_at = $3
        FROM unnest($1::uuid[], $2::uuid[]) AS chosen (id, group_id)
        JOIN campaigns.groups g ON g.id = chosen.group_id
        WHERE r.id = chosen.id
        RETURNING r.id AS registration_id, r.pupil_id, r.guardian_id, r.group_id, r.status, r.rank, g.name
        """,
        [row["id"] for row in without],
        chosen,
        now,
    )
    await settle_offer(connection, offer, revision=offer.revision + 1)
    await append_events(connection, [_fact(offer, dict(row), now) for row in sorted(rows, key=lambda row: row["rank"])])
    return len(rows)


def _fact(offer: Offer, row: Mapping[str, Any], now: datetime) -> RegistrationConfirmed | OfferChanged:
    """Who has the seat has it in another group; who is being offered it is told so without confirming it."""
    revision, programme = offer.revision + 1, offer.programme_version
    who = {name: row[name] for name in ("registration_id", "pupil_id", "guardian_id", "group_id")}
    if row["status"] == "confirmed":
        return RegistrationConfirmed(
            how="regrouped",
            occurred_at=now,
            offer_id=offer.id,
            revision=revision,
            programme=programme,
            group=row["name"],
            **who,
        )
    return OfferChanged(
        occurred_at=now,
        offer_id=offer.id,
        revision=revision,
        programme=programme,
        changes=(FieldChange(field="group", before="", after=row["name"]),),
        audience=(Concerned(status=row["status"], **who),),
    )
