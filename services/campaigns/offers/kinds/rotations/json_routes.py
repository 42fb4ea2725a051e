"""Rotations: JSON."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, InWords, answer_once
from services.campaigns.offers.kinds.rotations.bodies import (
    GivenGroupsBody,
    HouseBody,
    RotationBody,
    SwapBody,
    body_of,
)
from services.campaigns.offers.kinds.rotations.build_rotation import build_rotation
from services.campaigns.offers.kinds.rotations.draft_rotation import NoRotation, draft_rotation
from services.campaigns.offers.kinds.rotations.give_groups import give_groups
from services.campaigns.offers.kinds.rotations.read import RotationState, read_rotation
from services.campaigns.offers.kinds.rotations.recognise_rotation import recognise_rotation
from services.campaigns.offers.kinds.rotations.rotation import plan_rotation
from services.campaigns.offers.kinds.rotations.swap_cells import swap_cells
from services.campaigns.offers.kinds.versions import version_of
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The rotation's version, quoted or bare")]


@get("/api/v1/offers/{offer_id:uuid}/rotation", action="read_offers", summary="The rotation of an offer")
async def get_rotation_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> Response[RotationBody]:
    """The rotation as it is drawn, applied or not; 404 where none was drawn."""
    async with edge.reading() as connection:
        return await _answer(connection, actor, offer_id)


@put("/api/v1/offers/{offer_id:uuid}/rotation", action="plan_offers", summary="Draw the rotation of an offer")
async def put_rotation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[HouseBody],
    if_match: IfMatch = None,
) -> Response[RotationBody]:
    """Each group at each service once, no service over its size; 422 with the nearest that can be where none can."""
    async with edge.reading() as connection:
        await _state(connection, actor, offer_id)
    # many groups of many sizes take their time, and others are served meanwhile
    rotation = await asyncio.to_thread(
        plan_rotation, data.services, data.groups, data.half_days, address=data.address, contact=data.contact
    )
    async with edge.transaction() as connection:
        state = await _state(connection, actor, offer_id)
        await draft_rotation(
            connection, offer_id=state.offer_id, rotation=rotation, if_match=version_of(if_match), now=now
        )
        await write_audit(connection, actor, "draft_rotation", "Rotation préparée.", now=now, offer_id=offer_id)
        return await _answer(connection, actor, offer_id)


@post("/api/v1/offers/{offer_id:uuid}/rotation/swaps", action="plan_offers", summary="Swap two cells of a rotation")
async def post_swap_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[SwapBody],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[RotationBody]:
    """What is wrong afterwards is in `faults`; a rotation with faults cannot be applied."""

    async def write(connection: Connection) -> Response[RotationBody]:
        await _state(connection, actor, offer_id)
        await swap_cells(
            connection,
            offer_id=offer_id,
            one=(data.one.group, data.one.half_day),
            other=(data.other.group, data.other.half_day),
            stays=data.stays,
            if_match=version_of(if_match),
            now=now,
        )
        detail = "Deux cases de la rotation échangées."
        await write_audit(connection, actor, "swap_cells", detail, now=now, offer_id=offer_id)
        return await _answer(connection, actor, offer_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/offers/{offer_id:uuid}/rotation/application",
    action="plan_offers",
    summary="Put the rotation into the programme",
)
async def post_application_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[RotationBody]:
    """Its groups and sessions replace those it made before, and no others; only while nobody is registered."""

    async def write(connection: Connection) -> Response[RotationBody]:
        await _state(connection, actor, offer_id)
        count = await build_rotation(connection, offer_id=offer_id, if_match=version_of(if_match), now=now)
        detail = f"Rotation appliquée au programme : {count} séances."
        await write_audit(connection, actor, "build_rotation", detail, now=now, offer_id=offer_id)
        return await _answer(connection, actor, offer_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/offers/{offer_id:uuid}/rotation/recognition",
    action="plan_offers",
    summary="Take the rotation from the programme",
)
async def post_recognition_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
) -> Response[RotationBody]:
    """The sessions of the groups, as a grid; from now on they are the rotation's to change."""
    async with edge.transaction() as connection:
        await _state(connection, actor, offer_id)
        await recognise_rotation(connection, offer_id=offer_id, now=now)
        detail = "Rotation reprise du programme."
        await write_audit(connection, actor, "recognise_rotation", detail, now=now, offer_id=offer_id)
        return await _answer(connection, actor, offer_id)


@post(
    "/api/v1/offers/{offer_id:uuid}/rotation/groups",
    action="manage_seats",
    status_code=200,
    summary="Give a group to pupils without one",
)
async def post_groups_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
) -> GivenGroupsBody:
    """Each pupil with a seat and no group joins the least filled, and is told; doing it twice is harmless."""
    async with edge.transaction() as connection:
        await _state(connection, actor, offer_id)
        count = await give_groups(connection, offer_id=offer_id, now=now)
        detail = f"Groupe donné à {count} élève{'s' if count > 1 else ''}."
        await write_audit(connection, actor, "give_groups", detail, now=now, offer_id=offer_id)
    return GivenGroupsBody(count)


async def _state(connection: Connection, actor: Actor, offer_id: UUID) -> RotationState:
    state = await read_rotation(connection, offer_id=offer_id)
    if not actor.acts_for(state.organisation_id):
        raise UnknownOffer
    return state


async def _answer(connection: Connection, actor: Actor, offer_id: UUID) -> Response[RotationBody]:
    state = await _state(connection, actor, offer_id)
    rotation = state.rotation
    if rotation is None:
        raise NoRotation
    return InWords(
        lambda: body_of(state, rotation),
        status_code=200,
        headers={"ETag": f'"{state.version}"', "Cache-Control": "no-store"},
    )


route_handlers: list[Any] = [
    get_rotation_json,
    put_rotation,
    post_swap_json,
    post_application_json,
    post_recognition_json,
    post_groups_json,
]
