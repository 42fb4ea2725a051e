"""The JSON bodies of rotations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.kinds.rotations.house import Group, HalfDay, Service
from services.campaigns.offers.kinds.rotations.read import RotationState
from services.campaigns.offers.kinds.rotations.rotation import Rotation

Number = Annotated[int, Meta(ge=0, le=100, description="Counted from 0")]


class HouseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rotation is drawn from. Half-days in order, times with offset."""

    services: list[Service]
    groups: list[Group]
    half_days: list[HalfDay]
    address: Annotated[str, Meta(max_length=200)] = ""
    contact: Annotated[str, Meta(max_length=200)] = ""


class CellBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group in one half-day."""

    group: Number
    half_day: Number


class SwapBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two cells to swap; with `stays`, all the half-days in a row that each group spends there."""

    one: CellBody
    other: CellBody
    stays: bool = True


class RotationBody(Struct, frozen=True, kw_only=True):
    """A rotation. `cells[group][half-day]` is the number of a service or null (free); `faults` are sentences.

    It is in the programme as it stands where `applied_version` equals `version`.
    """

    offer_id: UUID
    version: int
    applied_version: int
    applied_at: datetime | None
    services: list[Service]
    groups: list[Group]
    half_days: list[HalfDay]
    address: str
    contact: str
    cells: list[list[int | None]]
    faults: list[str]


class GivenGroupsBody(Struct, frozen=True):
    """How many pupils were given a group."""

    pupils: int


def body_of(state: RotationState, rotation: Rotation) -> RotationBody:
    """The rotation of an offer, for machines."""
    return RotationBody(
        offer_id=state.offer_id,
        version=state.version,
        applied_version=state.applied_version,
        applied_at=state.applied_at,
        services=list(rotation.services),
        groups=list(rotation.groups),
        half_days=list(rotation.half_days),
        address=rotation.address,
        contact=rotation.contact,
        cells=[list(row) for row in rotation.cells],
        faults=list(rotation.faults),
    )
