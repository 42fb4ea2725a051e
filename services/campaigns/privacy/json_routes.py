"""How long a campaign keeps names, as JSON."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.privacy.change_keeping import change_keeping
from services.campaigns.privacy.keeping import parse_months
from services.campaigns.privacy.read import read_keeping
from shared.database import Connection


class KeepingChangeBody(Struct, frozen=True, kw_only=True):
    """The months that names are kept after the campaign's last day, 1 to 24."""

    months: Annotated[int, Meta(examples=[13])]


class KeepingBody(Struct, frozen=True, kw_only=True):
    """`last_day` is the campaign's, or that of its last offer; after `until` the names go, and counts stay."""

    campaign_id: Annotated[UUID, Meta(examples=["01900000-0000-7000-8000-000000000001"])]
    months: Annotated[int, Meta(examples=[13])]
    last_day: Annotated[date, Meta(examples=["2027-06-25"])]
    until: Annotated[date, Meta(examples=["2028-07-25"])]
    kept: Annotated[int, Meta(examples=[212])]
    erased: Annotated[int, Meta(examples=[3])]


@get("/api/v1/campaigns/{campaign_id:uuid}/keeping", action="read_campaigns", summary="How long names are kept")
async def get_keeping(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], campaign_id: FromPath[UUID]
) -> KeepingBody:
    """The months, the last day they are counted from, and how many registrations still have a name."""
    async with edge.reading() as connection:
        await read_carried_campaign(connection, actor, name=campaign_id)
        return await _body(connection, campaign_id)


@put("/api/v1/campaigns/{campaign_id:uuid}/keeping", action="plan_campaigns", summary="Set how long names are kept")
async def put_keeping(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    data: JSONBody[KeepingChangeBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[KeepingBody]:
    """The lead's to set. Names that are over their time then are erased within a minute, for good."""
    months = parse_months(data.months)

    async def write(connection: Connection) -> Response[KeepingBody]:
        carried = await read_carried_campaign(connection, actor, name=campaign_id)
        carried.need_lead()
        if await change_keeping(connection, campaign_id=campaign_id, months=months):
            detail = f"Garde les noms {months} mois après le dernier jour."
            await write_audit(connection, actor, "change_keeping", detail, now=now, campaign_id=campaign_id)
        return Response(await _body(connection, campaign_id), status_code=200)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def _body(connection: Connection, campaign_id: UUID) -> KeepingBody:
    keeping = await read_keeping(connection, campaign_id)
    return KeepingBody(**{name: getattr(keeping, name) for name in KeepingBody.__struct_fields__})


route_handlers: list[Any] = [get_keeping, put_keeping]
