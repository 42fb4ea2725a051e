"""The web application of the campaigns service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, cast

from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig

from services.campaigns.access.guard import cookie_name, provide_actor
from services.campaigns.access.routes import route_handlers as access
from services.campaigns.agreements.json_routes import route_handlers as agreements_json
from services.campaigns.agreements.routes import route_handlers as agreements
from services.campaigns.announcing.routes import route_handlers as announcing
from services.campaigns.catalogue.routes import route_handlers as catalogue
from services.campaigns.catalogue.seats.routes import route_handlers as seats_now
from services.campaigns.catalogue.sharing.routes import route_handlers as sharing
from services.campaigns.clock import run_clock
from services.campaigns.digests.routes import route_handlers as digests
from services.campaigns.edge import Edge
from services.campaigns.embedding.routes import route_handlers as embedding
from services.campaigns.feeds.routes import route_handlers as feeds
from services.campaigns.figures import Figures
from services.campaigns.guarding.guard import Gate, shown_by
from services.campaigns.guarding.watch import Watch
from services.campaigns.look.guard_pages import guard_pages
from services.campaigns.look.spoken import Site
from services.campaigns.look.static_files import route_handlers as static_files
from services.campaigns.measured import Measured
from services.campaigns.messages.routes import route_handlers as messages
from services.campaigns.messages.wording.routes import route_handlers as wording
from services.campaigns.offers.answers.json_routes import route_handlers as answers_json
from services.campaigns.offers.builder.json_routes import route_handlers as builder_json
from services.campaigns.offers.builder.routes import route_handlers as builder
from services.campaigns.offers.consent.routes import route_handlers as consent
from services.campaigns.offers.hosts.json_routes import route_handlers as hosts_json
from services.campaigns.offers.hosts.routes import route_handlers as hosts
from services.campaigns.offers.kinds.json_routes import route_handlers as kinds_json
from services.campaigns.offers.kinds.routes import route_handlers as kinds
from services.campaigns.offers.life.json_routes import route_handlers as life_json
from services.campaigns.offers.life.routes import route_handlers as life
from services.campaigns.offers.questions.json_routes import route_handlers as questions_json
from services.campaigns.offers.questions.routes import route_handlers as questions
from services.campaigns.offers.referents.routes import route_handlers as referents
from services.campaigns.offers.routes import route_handlers as offers
from services.campaigns.offers.seats.json_routes import route_handlers as seats_json
from services.campaigns.offers.seats.routes import route_handlers as seats
from services.campaigns.offers.speakers.json_routes import route_handlers as speakers_json
from services.campaigns.offers.speakers.routes import route_handlers as speakers
from services.campaigns.openapi import ContractPlugin
from services.campaigns.organisations.json_routes import route_handlers as organisations_json
from services.campaigns.organisations.routes import route_handlers as organisations
from services.campaigns.personal_space.routes import route_handlers as personal_space
from services.campaigns.personal_space.unwanted.routes import route_handlers as unwanted
from services.campaigns.planning.routes import route_handlers as planning
from services.campaigns.posters.routes import route_handlers as posters
from services.campaigns.preview import Gallery, Preview, no_mail
from services.campaigns.privacy.json_routes import route_handlers as privacy_json
from services.campaigns.privacy.routes import route_handlers as privacy
from services.campaigns.problems import exception_handlers
from services.campaigns.registering.links.routes import route_handlers as links
from services.campaigns.registering.routes import route_handlers as registering
from services.campaigns.schools.routes import route_handlers as schools
from services.campaigns.sending.routes import route_handlers as sending
from services.campaigns.subscribing.routes import route_handlers as subscribing
from services.campaigns.teaching.json_routes import route_handlers as teaching_json
from services.campaigns.teaching.routes import route_handlers as teaching
from shared import clock
from shared.database import open_pool
from shared.settings import Settings
from shared.signed_links import Signer

BODY_AT_MOST = 64 * 1024


@get("/health", include_in_schema=False)
async def get_health(edge: NamedDependency[Edge]) -> dict[str, str]:
    """Whether this process can reach its database."""
    async with edge.reading() as connection:
        await connection.fetchval("SELECT 1")
    return {"status": "ok"}


def provide_edge(state: State) -> Edge:
    """The edge of this process."""
    edge: Edge = state.edge
    return edge


def provide_now(edge: NamedDependency[Edge]) -> datetime:  # noqa: ARG001
    """The time of the request.

    It takes the edge only to be resolved after it: two dependencies of one rank cost a task group, 75 µs a request.
    """
    return clock.now()


@get(["/connexion/oidc", "/connexion/oidc/retour"], include_in_schema=False)
async def get_no_provider() -> None:
    """No provider is set: this way in does not exist, and is not taken for a link that came by mail."""
    raise NotFoundException


def _other_ways_in(settings: Settings) -> list[Any]:
    """Signing in through an OpenID Connect provider, where one is set: what it needs takes 15 MB of memory."""
    if not settings.oidc_issuer:
        return [get_no_provider]
    from services.campaigns.access.openid.routes import route_handlers

    return route_handlers


class Front(Measured, Site, Gate):
    """What a request meets first: a name and a clock, its language, then the gate, then the routes.

    `over_tls`: people reach it over TLS, and browsers are told to ask in no other way.
    """

    over_tls: bool = False


def create_app(
    settings: Settings, *, preview: Preview = no_mail, gallery: Gallery | None = None, clock: bool = True
) -> Litestar:
    """The application; its pool, doorbell and clock live as long as it does.

    `preview` writes mails before they are, `gallery` shows every message there is.

    Without `clock` it carries out nothing that only time brings.
    """
    site = Front(
        route_handlers=[
            get_health,
            *offers,
            *consent,
            *catalogue,
            *seats_now,
            *sharing,
            *posters,
            *embedding,
            *registering,
            *links,
            *schools,
            *referents,
            *personal_space,
            *unwanted,
            *digests,
            *messages,
            *wording,
            *privacy,
            *privacy_json,
            *planning,
            *access,
            *_other_ways_in(settings),
            *agreements,
            *agreements_json,
            *announcing,
            *answers_json,
            *builder,
            *builder_json,
            *hosts,
            *hosts_json,
            *kinds,
            *kinds_json,
            *life,
            *life_json,
            *seats,
            *seats_json,
            *speakers,
            *speakers_json,
            *questions,
            *questions_json,
            *organisations,
            *organisations_json,
            *teaching,
            *teaching_json,
            *sending,
            *subscribing,
            *feeds,
            *static_files,
        ],
        before_send=[guard_pages],
        dependencies={
            "edge": Provide(provide_edge, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
            "actor": Provide(provide_actor),
        },
        exception_handlers=exception_handlers,
        lifespan=[_stand],
        request_max_body_size=BODY_AT_MOST,
        openapi_config=OpenAPIConfig(
            title="Quinzaine",
            version="1",
            path="/schema",
            render_plugins=[ContractPlugin()],
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
    site.state.settings, site.state.preview, site.state.gallery, site.state.clock = settings, preview, gallery, clock
    return site


@asynccontextmanager
async def _stand(app: Litestar) -> AsyncIterator[None]:
    """What the application stands on while it runs, by the settings it has when it starts.

    Putting all routes together takes half a second: who starts it again, on another database, need not do it again.
    """
    settings: Settings = app.state.settings
    signer = Signer(settings.secret_keys)
    pool = await open_pool(settings.database_url, size=settings.database_pool)
    front = cast("Front", app)
    front.over_tls = settings.base_url.startswith("https://")
    front.trusted_hops, front.figures, front.watch = settings.trusted_hops, Figures(), None
    if settings.limits:
        shown = partial(shown_by, cookie=cookie_name(settings))
        front.watch = Watch(settings.limits, signer, pool, shown=shown, trusted_hops=settings.trusted_hops)
    edge = Edge(settings, pool, preview=app.state.preview, gallery=app.state.gallery)
    app.state.edge = edge
    tasks = [asyncio.create_task(edge.doorbell.run())]
    if app.state.clock:
        tasks += [asyncio.create_task(clock.keep_time(pool)), asyncio.create_task(run_clock(edge))]
    try:
        yield
    finally:
        await edge.turnstile.close()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), timeout=5)
