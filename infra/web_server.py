"""The web server: granian inside this process's own event loop; one process per `quinzaine web`."""

import asyncio
import gc
import resource
import signal
from collections.abc import Callable

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from litestar import Litestar

from infra.endings import refuse_busy_port
from infra.mail_preview import MailGallery, mail_preview
from services.campaigns.web import create_app
from shared.logs import configure_logs
from shared.settings import Settings
from shared.traces import configure_traces

COLLECT_AFTER = (10_000, 20, 20)
# a request's head arrives within this time or the connection is closed, an idle one too; bodies: guarding/slow_body.py
HEAD_WITHIN_MS = 15_000
# of one head, all its fields together (431): ours are below 4 KB
HEAD_AT_MOST = 64 * 1024
# open connections, idle ones too; what else the process has open: the database's, files, its own
CONNECTIONS_AT_MOST, OTHER_FILES = 16_384, 256


def create(settings: Settings) -> Litestar:
    """The application, which shows planners the very mails of the other service."""
    return create_app(settings, preview=mail_preview(settings), gallery=MailGallery(settings))


def serve(settings: Settings, create: Callable[[Settings], Litestar] = create) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    configure_logs("web", settings.log_level)
    configure_traces("web")
    refuse_busy_port(settings.host, settings.port)
    connections = _allow_connections()
    app = create(settings)
    # the application lives as long as the process: the collector need not look at it again and again
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    uvloop.run(_serve(settings, app, connections))


async def _serve(settings: Settings, app: Litestar, connections: int) -> None:
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        # to find out which HTTP it is, it would wait for the first byte for ever; the proxy in front speaks HTTP/1.1
        http=HTTPModes.http1,
        websockets=False,
        # granian counts open connections, idle ones too, against its backpressure (128 by default): the next one would
        # wait until another is closed for idleness, 30 seconds later
        backlog=1024,
        backpressure=connections,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN_MS, max_buffer_size=HEAD_AT_MOST),
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, server.stop)
    await server.serve()


def _allow_connections() -> int:
    """As many as the system lets us have open: its soft limit, often 1,024, is soon reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_AT_MOST + OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(OTHER_FILES, allowed - OTHER_FILES)
