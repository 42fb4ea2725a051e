"""The page of the queue, its button, and the figures a machine reads."""

import hmac
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.measured import Measured
from services.campaigns.sending.free_address import free_address
from services.campaigns.sending.metrics import write_answer_metrics, write_fact_metrics, write_metrics
from services.campaigns.sending.pause_sending import pause_sending
from services.campaigns.sending.read import (
    list_refused_addresses,
    read_counts,
    read_queue,
    read_waiting_answers,
    read_waiting_facts,
)
from services.campaigns.sending.resume_sending import resume_sending

PATH = "/planification/organisation/envois"


@get(PATH, action="read_queue", include_in_schema=False)
async def get_queue(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[str]:
    """What waits, how fast it goes, what holds it back, and whose address takes no mail."""
    async with edge.reading() as connection:
        queue = await read_queue(connection, now=now)
        refused = await list_refused_addresses(connection, organisation_id=actor.organisation_id)
    return planner_page(
        "sending/templates/queue.html",
        actor,
        here="organisation",
        queue=queue,
        refused=refused,
        now=now,
        path=PATH,
    )


@post(PATH + "/pause", action="stop_sending", include_in_schema=False)
async def post_pause(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Redirect:
    """Nothing is sent any more."""
    async with edge.transaction() as connection:
        await pause_sending(connection, actor, now=now)
    return Redirect(PATH, status_code=303)


@post(PATH + "/reprise", action="stop_sending", include_in_schema=False)
async def post_resumption(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Redirect:
    """It goes on."""
    async with edge.transaction() as connection:
        await resume_sending(connection, actor, now=now)
    return Redirect(PATH, status_code=303)


@post(PATH + "/adresses/{person_id:uuid}", action="manage_seats", include_in_schema=False)
async def post_freed_address(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    person_id: FromPath[UUID],
) -> Redirect:
    """The person is written to again."""
    async with edge.transaction() as connection:
        await free_address(connection, actor, person_id, now=now)
    return Redirect(PATH, status_code=303)


@get("/metrics", include_in_schema=False)
async def get_metrics(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[str]:
    """Figures for Prometheus, for whom knows the installation's token; without one they do not exist."""
    expected = f"Bearer {edge.settings.metrics_token}"
    given = request.headers.get("authorization", "")
    if not edge.settings.metrics_token or not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotFoundException
    figures = cast("Measured", request.app).figures
    async with edge.reading() as connection:
        queue = await read_queue(connection, now=now)
        counts = await read_counts(connection)
        facts = await read_waiting_facts(connection)
        answers = await read_waiting_answers(connection)
    return Response(
        write_metrics(queue, counts, now=now)
        + write_fact_metrics(*facts, now=now)
        + write_answer_metrics(*answers, now=now)
        + figures.write(edge.turnstile.batches),
        media_type=MediaType.TEXT,
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"},
    )


route_handlers: list[Any] = [get_queue, post_pause, post_resumption, post_freed_address, get_metrics]
