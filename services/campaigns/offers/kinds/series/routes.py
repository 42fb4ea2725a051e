"""Series: the form with its preview, and the page of one series."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.kinds.fields import Fields
from services.campaigns.offers.kinds.series import series_form
from services.campaigns.offers.kinds.series.build_series import build_series
from services.campaigns.offers.kinds.series.publish_drafts import Published, publish_drafts
from services.campaigns.offers.kinds.series.read import (
    SeriesState,
    count_without_a_slot,
    find_room_clashes,
    list_sectors,
    list_series,
    read_series,
)
from services.campaigns.offers.kinds.series.series import SPEAKERS_A_MORNING
from services.campaigns.offers.kinds.series.series_form import ReadSeries, fault_of, read_series_form, texts_of_new
from services.campaigns.offers.life.read import list_open_campaigns
from shared.database import Connection
from shared.french_dates import PARIS
from shared.refusal import Refusal

SERIES_SHOWN = 50

Kind = Annotated[str, QueryParameter(name="type")]


@get("/planification/series/nouvelle", action="plan_offers", include_in_schema=False)
async def get_new_series(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], kind: Kind = "workshop"
) -> Response[Any]:
    """The form, and the series there are already."""
    async with edge.reading() as connection:
        campaigns = await list_open_campaigns(connection, actor.organisation_id)
        texts = texts_of_new(campaigns, kind, now.astimezone(PARIS).date())
        return await _form(connection, actor, texts)


@post("/planification/series/nouvelle", action="plan_offers", include_in_schema=False)
async def post_new_series(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Show the dates first; then, on a second button, make a draft of each."""
    fields = Fields(await request.form())
    async with edge.reading() as connection:
        campaigns = await list_open_campaigns(connection, actor.organisation_id)
        read = read_series_form(fields.texts, campaigns)
        if read.series is None:
            return await _form(connection, actor, fields.texts, read=read, status=422)
        clashes = await find_room_clashes(connection, actor.organisation_id, read.slots)
        if not fields.checked("create"):
            return await _form(connection, actor, fields.texts, read=read, clashes=clashes)
    try:
        async with edge.transaction() as connection:
            series_id = await build_series(
                connection, organisation_id=actor.organisation_id, series=read.series, now=now
            )
            detail = f"Série « {read.series.title} » : {len(read.slots)} brouillons."
            await write_audit(connection, actor, "build_series", detail, now=now, campaign_id=read.series.campaign_id)
    except Refusal as refusal:
        faults = fault_of(refusal.field, refusal.sentence)
        failed = ReadSeries(slots=read.slots, skipped=read.skipped, faults=faults)
        async with edge.reading() as connection:
            return await _form(connection, actor, fields.texts, read=failed, status=refusal.status)
    return Redirect(f"/planification/series/{series_id}", status_code=303)


@get("/planification/series/{series_id:uuid}", action="read_offers", include_in_schema=False)
async def get_series(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    series_id: FromPath[UUID],
) -> Response[Any]:
    """The slots of a series, their seats, and the speakers still to be found."""
    async with edge.reading() as connection:
        return await _page(connection, actor, await _series(connection, actor, series_id), now)


@post("/planification/series/{series_id:uuid}/publication", action="publish_offers", include_in_schema=False)
async def post_series_publication(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    series_id: FromPath[UUID],
) -> Response[Any]:
    """Publish what can be, and say of the others why not."""
    async with edge.reading() as connection:
        series = await _series(connection, actor, series_id)
    published = await publish_drafts(edge.transaction, actor, series.drafts, now=now)
    async with edge.reading() as connection:
        after = await _series(connection, actor, series_id)
        return await _page(connection, actor, after, now, published=published)


async def _series(connection: Connection, actor: Actor, series_id: UUID) -> SeriesState:
    return await read_series(connection, series_id, organisation_id=_scope(actor))


def _scope(actor: Actor) -> UUID | None:
    return None if actor.organisation_id == EVERY_ORGANISATION else actor.organisation_id


async def _form(
    connection: Connection,
    actor: Actor,
    texts: dict[str, str],
    *,
    read: ReadSeries | None = None,
    clashes: list[str] | None = None,
    status: int = 200,
) -> Response[Any]:
    read = read or ReadSeries()
    return planner_page(
        "offers/kinds/series/templates/new_series.html",
        actor,
        status=status,
        here="offers",
        texts=texts,
        campaigns=await list_open_campaigns(connection, actor.organisation_id),
        sectors=await list_sectors(connection),
        existing=await list_series(connection, organisation_id=_scope(actor), limit=SERIES_SHOWN),
        form=series_form,
        read=read,
        faults=read.faults,
        clashes=clashes or [],
    )


async def _page(
    connection: Connection,
    actor: Actor,
    series: SeriesState,
    now: datetime,
    *,
    published: list[Published] | None = None,
) -> Response[Any]:
    return planner_page(
        "offers/kinds/series/templates/series.html",
        actor,
        here="offers",
        series=series,
        without=await count_without_a_slot(connection, series) if series.required else 0,
        places=SPEAKERS_A_MORNING,
        published=published,
        now=now,
    )


route_handlers: list[Any] = [get_new_series, post_new_series, get_series, post_series_publication]
