"""Draft a rotation: keep it beside its offer, to be looked at and adjusted before it is applied."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.kinds.rotations.read import decode_plan, encode_plan
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer, OfferAlreadyCancelled
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class NoRotation(Refusal):
    """No rotation was drawn for this offer yet."""

    reason: ClassVar[str] = "no-rotation"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Aucune rotation n’est encore préparée pour cette offre."))


class RotationChangedMeanwhile(Refusal):
    """Somebody else drew or adjusted the rotation since it was read (If-Match)."""

    reason: ClassVar[str] = "rotation-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(later("Cette rotation a été modifiée entre-temps. Relisez-la avant de la changer."))


async def draft_rotation(
    connection: Connection, *, offer_id: UUID, rotation: Rotation, if_match: int | None = None, now: datetime
) -> int:
    """Keep the rotation and return its version; sessions stay as they are until it is applied.

    `if_match` is the version the planner has seen, 0 for none. Raises `RotationChangedMeanwhile`,
    `OfferAlreadyCancelled`.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    seen: int = (
        await connection.fetchval("SELECT version FROM campaigns.rotations WHERE offer_id = $1", offer_id)
    ) or 0
    if if_match is not None and if_match != seen:
        raise RotationChangedMeanwhile
    version: int = await connection.fetchval(
        """
        INSERT INTO campaigns.rotations (offer_id, plan, drafted_at) VALUES ($1, $2::jsonb, $3)
        ON CONFLICT (offer_id) DO UPDATE
        SET plan = excluded.plan, drafted_at = excluded.drafted_at, version = campaigns.rotations.version + 1
        RETURNING version
        """,
        offer_id,
        encode_plan(rotation),
        now,
    )
    return version


async def lock_rotation(
    connection: Connection, offer_id: UUID, *, if_match: int | None = None
) -> tuple[Offer, Rotation, int]:
    """Lock an offer, then read its rotation and version; raises `NoRotation`, `RotationChangedMeanwhile`."""
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    row = await connection.fetchrow("SELECT plan, version FROM campaigns.rotations WHERE offer_id = $1", offer_id)
    if row is None:
        raise NoRotation
    if if_match is not None and if_match != row["version"]:
        raise RotationChangedMeanwhile
    return offer, decode_plan(row["plan"]), row["version"]
