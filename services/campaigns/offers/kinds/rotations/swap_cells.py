"""Swap two cells of a drafted rotation by hand; whether it is still whole is asked again by who shows it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.rotations.draft_rotation import draft_rotation, lock_rotation
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from shared.database import Connection


async def swap_cells(
    connection: Connection,
    *,
    offer_id: UUID,
    one: tuple[int, int],
    other: tuple[int, int],
    stays: bool = True,
    if_match: int | None = None,
    now: datetime,
) -> Rotation:
    """Swap (group, half-day) with another and keep the rotation, even one with faults: a second swap may mend it.

    Raises `NoRotation`, `SwapRefused`, `RotationChangedMeanwhile`, `OfferAlreadyCancelled`.
    """
    _, rotation, version = await lock_rotation(connection, offer_id, if_match=if_match)
    swapped = rotation.swapped(one, other, stays=stays)
    await draft_rotation(connection, offer_id=offer_id, rotation=swapped, if_match=version, now=now)
    return swapped
