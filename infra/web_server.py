"""The web server: granian inside this process's own event loop; one process per `quinzaine web`."""

import asyncio
import gc
import signal
from collections.abc import Callable

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from infra.endings import refuse_busy_port
from infra.mail_preview import MailGallery, mail_preview
from services.campaigns.web import create_app
from shared.logs import configure_logs
from shared.settings import Settings
from shared.traces import configure_traces

COLLECT_AFTER = (10_000, 20, 20)


def create(settings: Settings) -> Litestar:
    """The application, which shows planners the very mails of the other service."""
    return create_app(settings, preview=mail_preview(settings), gallery=MailGallery(settings))


def serve(settings: Settings, create: Callable[[Settings], Litestar] = create) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    configure_logs("web", settings.log_level)
    configure_traces("web")
    refuse_busy_port(settings.host, settings.port)
    app = create(settings)
    # the application lives as long as the process: the collector need not look at it again and again
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    uvloop.run(_serve(settings, app))


async def _serve(settings: Settings, app: Litestar) -> None:
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        # granian counts open connections, idle ones too, against its backpressure (128 by default): the next one would
        # wait until another is closed for idleness, 30 seconds later
        backlog=1024,
        backpressure=8192,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, server.stop)
    await server.serve()
