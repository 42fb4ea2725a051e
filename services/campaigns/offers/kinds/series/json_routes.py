"""Series: JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.kinds.series.bodies import (
    ListedSeriesBody,
    PublicationBody,
    SeriesBody,
    publication_body,
    series_body,
)
from services.campaigns.offers.kinds.series.build_series import build_series
from services.campaigns.offers.kinds.series.publish_drafts import publish_drafts
from services.campaigns.offers.kinds.series.read import list_series, read_series
from services.campaigns.offers.kinds.series.series import Series
from services.campaigns.offers.registration import InvalidField
from shared.database import Connection
from shared.languages import later

PAGE = 100

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/series", action="read_offers", summary="The series of an organisation")
async def get_series_list(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], after: After = None
) -> ListedSeriesBody:
    """Workshops and information mornings that are repeated, a hundred a page."""
    try:
        key = UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error
    async with edge.reading() as connection:
        items = await list_series(connection, organisation_id=_scope(actor), after=key, limit=PAGE + 1)
    return ListedSeriesBody(items[:PAGE], str(items[PAGE - 1].id) if len(items) > PAGE else None)


@post("/api/v1/series", action="plan_offers", status_code=201, summary="Build a series")
async def post_series(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[Series],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeriesBody]:
    """A draft for each day, hour and place, all or none; weekends and public holidays are passed over."""

    async def write(connection: Connection) -> Response[SeriesBody]:
        series_id = await build_series(connection, organisation_id=actor.organisation_id, series=data, now=now)
        series = await read_series(connection, series_id, organisation_id=_scope(actor))
        detail = f"Série « {data.title} » : {len(series.slots)} brouillons."
        await write_audit(connection, actor, "build_series", detail, now=now, campaign_id=data.campaign_id)
        return Response(series_body(series), status_code=201, headers={"Location": f"/api/v1/series/{series_id}"})

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get("/api/v1/series/{series_id:uuid}", action="read_offers", summary="One series")
async def get_series_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], series_id: FromPath[UUID]
) -> Response[SeriesBody]:
    """Its slots in order of time, drafts included."""
    async with edge.reading() as connection:
        series = await read_series(connection, series_id, organisation_id=_scope(actor))
    return Response(series_body(series), headers={"Cache-Control": "no-store"})


@post(
    "/api/v1/series/{series_id:uuid}/publication",
    action="publish_offers",
    status_code=200,
    summary="Publish the drafts of a series",
)
async def post_series_publication_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    series_id: FromPath[UUID],
) -> PublicationBody:
    """Each in a transaction of its own; doing it twice is harmless."""
    async with edge.reading() as connection:
        series = await read_series(connection, series_id, organisation_id=_scope(actor))
    return publication_body(await publish_drafts(edge.transaction, actor, series.drafts, now=now))


def _scope(actor: Actor) -> UUID | None:
    return None if actor.organisation_id == EVERY_ORGANISATION else actor.organisation_id


route_handlers: list[Any] = [get_series_list, post_series, get_series_json, post_series_publication_json]
