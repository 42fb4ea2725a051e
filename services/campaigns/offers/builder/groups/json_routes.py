"""Groups of an offer: JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.builder.add_group import add_group
from services.campaigns.offers.builder.bodies import (
    GroupChangeBody,
    GroupNameBody,
    PlannedGroupBody,
    PlannedGroupsBody,
    group_body,
)
from services.campaigns.offers.builder.days.json_routes import IfMatch, read_planned_week
from services.campaigns.offers.builder.edit_group import UnknownGroup, edit_group
from services.campaigns.offers.builder.remove_group import remove_group
from services.campaigns.offers.builder.week import BuiltGroup, Week
from services.campaigns.offers.kinds.versions import version_of
from shared.database import Connection


@get("/api/v1/offers/{offer_id:uuid}/groups", action="plan_offers", summary="The groups of an offer")
async def get_groups_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> PlannedGroupsBody:
    """By name; a dozen at most."""
    async with edge.reading() as connection:
        week = await read_planned_week(connection, actor, offer_id)
    return PlannedGroupsBody([group_body(group) for group in week.groups])


@post("/api/v1/offers/{offer_id:uuid}/groups", action="plan_offers", summary="Add a group")
async def post_group_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[GroupNameBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedGroupBody]:
    """Pupils who register from now on join the least filled."""

    async def write(connection: Connection) -> Response[PlannedGroupBody]:
        await read_planned_week(connection, actor, offer_id)
        group_id = await add_group(connection, offer_id=offer_id, name=data.name)
        week = await read_planned_week(connection, actor, offer_id)
        group = _group(week, group_id)
        detail = f"a ajouté le groupe {group.name}."
        await write_audit(connection, actor, "add_group", detail, now=now, offer_id=offer_id)
        return Response(group_body(group), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@patch("/api/v1/offers/{offer_id:uuid}/groups/{group_id:uuid}", action="plan_offers", summary="Rename a group")
async def patch_group(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    group_id: FromPath[UUID],
    data: JSONBody[GroupChangeBody],
    if_match: IfMatch = None,
) -> PlannedGroupBody:
    """In a published offer its pupils are told. 412 where `If-Match` is not its version."""
    expected, words = version_of(if_match), data.words()
    async with edge.transaction() as connection:
        before = _group(await read_planned_week(connection, actor, offer_id), group_id)
        await edit_group(
            connection,
            offer_id=offer_id,
            group_id=group_id,
            name=data.name,
            if_match=expected,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        group = _group(await read_planned_week(connection, actor, offer_id), group_id)
        detail = f"a renommé le groupe {before.name} en {group.name}."
        await write_audit(connection, actor, "edit_group", detail, now=now, offer_id=offer_id)
    return group_body(group)


@delete("/api/v1/offers/{offer_id:uuid}/groups/{group_id:uuid}", action="plan_offers", summary="Remove an empty group")
async def delete_group(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    group_id: FromPath[UUID],
) -> None:
    """409 `group-in-use` while it has sessions or pupils."""
    async with edge.transaction() as connection:
        group = _group(await read_planned_week(connection, actor, offer_id), group_id)
        await remove_group(connection, offer_id=offer_id, group_id=group_id)
        detail = f"a retiré le groupe {group.name}."
        await write_audit(connection, actor, "remove_group", detail, now=now, offer_id=offer_id)


def _group(week: Week, group_id: UUID) -> BuiltGroup:
    found = next((group for group in week.groups if group.id == group_id), None)
    if found is None:
        raise UnknownGroup
    return found


route_handlers: list[Any] = [get_groups_json, post_group_json, patch_group, delete_group]
