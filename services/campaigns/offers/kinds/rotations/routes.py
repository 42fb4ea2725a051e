"""Rotations: the page on which one is drawn, adjusted by hand and applied."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.kinds.fields import Fields
from services.campaigns.offers.kinds.rotations import rotation_form
from services.campaigns.offers.kinds.rotations.build_rotation import build_rotation
from services.campaigns.offers.kinds.rotations.draft_rotation import draft_rotation
from services.campaigns.offers.kinds.rotations.give_groups import give_groups
from services.campaigns.offers.kinds.rotations.grid import grid_of
from services.campaigns.offers.kinds.rotations.house import SERVICES_AT_MOST
from services.campaigns.offers.kinds.rotations.read import (
    RotationState,
    find_address_of,
    list_services_of,
    read_rotation,
)
from services.campaigns.offers.kinds.rotations.recognise_rotation import recognise_rotation
from services.campaigns.offers.kinds.rotations.rotation_form import DrawnRotation, draw_rotation, rows_of, texts_of
from services.campaigns.offers.kinds.rotations.swap_cells import swap_cells
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection
from shared.refusal import Refusal


@get("/planification/{slug:str}/rotation", action="read_offers", include_in_schema=False)
async def get_rotation(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """The rotation as it is drawn, and the form it is drawn from."""
    async with edge.reading() as connection:
        state = await _state(connection, actor, slug)
        texts = await _texts(connection, state)
    return _page(actor, state, texts)


@post("/planification/{slug:str}/rotation", action="plan_offers", include_in_schema=False)
async def post_rotation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Draw a rotation and keep it; or say why there is none, and the nearest that can be."""
    fields = Fields(await request.form())
    async with edge.reading() as connection:
        state = await _state(connection, actor, slug)
    if fields.checked("more"):
        return _page(actor, state, fields.texts, rows=rows_of(fields.texts) + 4)
    # many groups of many sizes take their time, and others are served meanwhile
    drawn = await asyncio.to_thread(draw_rotation, fields.texts, seats=state.seats)
    if drawn.rotation is None:
        return _page(actor, state, fields.texts, drawn=drawn, status=422)
    try:
        async with edge.transaction() as connection:
            await draft_rotation(
                connection, offer_id=state.offer_id, rotation=drawn.rotation, if_match=_version(fields), now=now
            )
            await write_audit(
                connection, actor, "draft_rotation", "Rotation préparée.", now=now, offer_id=state.offer_id
            )
    except Refusal as refusal:
        return _page(actor, state, fields.texts, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"/planification/{slug}/rotation#grille", status_code=303)


@post("/planification/{slug:str}/rotation/echange", action="plan_offers", include_in_schema=False)
async def post_swap(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Swap two cells; what is wrong afterwards stands above the grid."""
    fields = Fields(await request.form())

    async def write(connection: Connection, state: RotationState) -> None:
        await swap_cells(
            connection,
            offer_id=state.offer_id,
            one=_cell(fields.text("one")),
            other=_cell(fields.text("other")),
            stays=fields.checked("stays"),
            if_match=_version(fields),
            now=now,
        )
        await write_audit(
            connection, actor, "swap_cells", "Deux cases de la rotation échangées.", now=now, offer_id=state.offer_id
        )

    return await _write(edge, actor, slug, write, typed=fields.texts)


@post("/planification/{slug:str}/rotation/application", action="plan_offers", include_in_schema=False)
async def post_application(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Make the sessions."""
    fields = Fields(await request.form())

    async def write(connection: Connection, state: RotationState) -> None:
        count = await build_rotation(connection, offer_id=state.offer_id, if_match=_version(fields), now=now)
        detail = f"Rotation appliquée au programme : {count} séances."
        await write_audit(connection, actor, "build_rotation", detail, now=now, offer_id=state.offer_id)

    return await _write(edge, actor, slug, write)


@post("/planification/{slug:str}/rotation/reprise", action="plan_offers", include_in_schema=False)
async def post_recognition(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Take the grid from the programme as it is."""

    async def write(connection: Connection, state: RotationState) -> None:
        await recognise_rotation(connection, offer_id=state.offer_id, now=now)
        detail = "Rotation reprise du programme."
        await write_audit(connection, actor, "recognise_rotation", detail, now=now, offer_id=state.offer_id)

    return await _write(edge, actor, slug, write)


@post("/planification/{slug:str}/rotation/groupes", action="manage_seats", include_in_schema=False)
async def post_groups(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Give a group to the pupils who have none."""

    async def write(connection: Connection, state: RotationState) -> None:
        count = await give_groups(connection, offer_id=state.offer_id, now=now)
        detail = f"Groupe donné à {count} élève{'s' if count > 1 else ''}."
        await write_audit(connection, actor, "give_groups", detail, now=now, offer_id=state.offer_id)

    return await _write(edge, actor, slug, write)


async def _write(
    edge: Edge, actor: Actor, slug: str, write: Any, *, typed: dict[str, str] | None = None
) -> Response[Any]:
    """Do it in one transaction, then show the page anew; a refusal is said on the page, nothing is written."""
    try:
        async with edge.transaction() as connection:
            await write(connection, await _state(connection, actor, slug))
    except UnknownOffer:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            state = await _state(connection, actor, slug)
            texts = await _texts(connection, state)
        return _page(actor, state, texts | (typed or {}), trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"/planification/{slug}/rotation#grille", status_code=303)


async def _state(connection: Connection, actor: Actor, slug: str) -> RotationState:
    state = await read_rotation(connection, slug=slug)
    if not actor.acts_for(state.organisation_id):
        raise UnknownOffer
    return state


async def _texts(connection: Connection, state: RotationState) -> dict[str, str]:
    if state.rotation is not None:
        return texts_of(state, [], "")
    services = await list_services_of(connection, state.organisation_id)
    return texts_of(state, services, await find_address_of(connection, state.organisation_id))


def _page(
    actor: Actor,
    state: RotationState,
    texts: dict[str, str],
    *,
    drawn: DrawnRotation | None = None,
    rows: int | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[Any]:
    drawn = drawn or DrawnRotation()
    return planner_page(
        "offers/kinds/rotations/templates/rotation.html",
        actor,
        status=status,
        here="offers",
        state=state,
        rotation=state.rotation,
        grid=grid_of(state.rotation) if state.rotation else None,
        texts=texts,
        rows_wanted=rows is not None,
        rows=min(rows or rows_of(texts), SERVICES_AT_MOST),
        faults=drawn.faults,
        trouble=trouble or drawn.trouble,
        skipped=drawn.skipped,
        form=rotation_form,
    )


def _version(fields: Fields) -> int | None:
    text = fields.text("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _cell(text: str) -> tuple[int, int]:
    """(group, half-day) of « 0.3 »; a cell that cannot exist for anything else."""
    group, _, half_day = text.partition(".")
    if all(part.isascii() and part.isdigit() and len(part) < 4 for part in (group, half_day)):
        return int(group), int(half_day)
    return -1, -1


route_handlers: list[Any] = [get_rotation, post_rotation, post_swap, post_application, post_recognition, post_groups]
