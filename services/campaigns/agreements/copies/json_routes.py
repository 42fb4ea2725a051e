"""Copies: JSON; look at a copy before it is made, make it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.bodies import (
    CampaignBody,
    CopyBody,
    PreviewBody,
    PreviewedOfferBody,
    campaign_body,
)
from services.campaigns.agreements.copies.copy_form import CopyForm
from services.campaigns.agreements.copies.routes import copy_campaign, read_plan
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from shared.database import Connection

# text, so that who may not look is told so before the dates are
FirstDay = Annotated[str, QueryParameter(name="first_day", description="The first day of the new period, 2028-06-19")]
LastDay = Annotated[str, QueryParameter(name="last_day", description="Its last day, 2028-06-30")]


@get(
    "/api/v1/campaigns/{campaign_id:uuid}/copies/preview",
    action="plan_campaigns",
    summary="A campaign as it would stand in a new period",
)
async def get_preview(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    first_day: FirstDay = "",
    last_day: LastDay = "",
) -> PreviewBody:
    """Each offer with its new dates; public holidays and days outside the period are named."""
    async with edge.reading() as connection:
        source = await read_carried_campaign(connection, actor, name=campaign_id)
        source.need_lead()
        agreed = source.campaign.agreed
        form = CopyForm(title=agreed.title, first_day=first_day, last_day=last_day)
        plan = await read_plan(connection, source, form.parse(agreed))
    return PreviewBody(
        offers=[
            PreviewedOfferBody(
                title=offer.title,
                organisation=offer.organisation,
                first_day=offer.days[0].date if offer.days else None,
                last_day=offer.days[-1].date if offer.days else None,
            )
            for offer in plan.offers
        ],
        warnings=plan.warnings,
    )


@post(
    "/api/v1/campaigns/{campaign_id:uuid}/copies",
    action="plan_campaigns",
    summary="Duplicate a campaign to a new period",
)
async def post_copy(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    data: JSONBody[CopyBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[CampaignBody]:
    """A new campaign with the offers as drafts; its partners are asked anew, its hosts are to be."""

    async def write(connection: Connection) -> Response[CampaignBody]:
        source = await read_carried_campaign(connection, actor, name=campaign_id)
        source.need_lead()
        form = CopyForm(title=data.title, first_day=data.first_day.isoformat(), last_day=data.last_day.isoformat())
        copy_id, _ = await copy_campaign(connection, actor, source, form.parse(source.campaign.agreed), now=now)
        view = await read_carried_campaign(connection, actor, name=copy_id)
        return Response(campaign_body(view), status_code=201, headers={"ETag": f'"{view.campaign.version}"'})

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


route_handlers: list[Any] = [get_preview, post_copy]
