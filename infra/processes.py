"""The processes that stay. Each loads only what it needs: all of them together lie in memory all day."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.settings import read_mailbox_settings, read_settings
from shared.traces import configure_traces, end_traces

Given = TypeVar("Given")


def web() -> None:
    """Serve pages, JSON and feeds."""
    settings = read_settings()  # first: what is wrong is said before anything heavy is loaded
    from infra.web_server import serve

    serve(settings)


def relay() -> None:
    """Ring events and due deliveries to the broker."""
    settings = read_settings()
    from services.notifications.relay import run_relay
    from shared.logs import configure_logs

    configure_logs("relay", settings.log_level)
    configure_traces("relay")
    asyncio.run(_until_told(run_relay, settings))


def worker() -> None:
    """Plan events and send deliveries."""
    settings = read_settings()
    from services.notifications.worker import run_worker
    from shared.logs import configure_logs

    configure_logs("worker", settings.log_level)
    configure_traces("worker")
    run_worker(settings)


def mailbox() -> None:
    """Keep every mail and show it."""
    settings = read_mailbox_settings()
    from infra.mailbox.run import run_mailbox

    asyncio.run(_until_told(run_mailbox, settings))


def inbound() -> None:
    """Take the mails that come back: answers of calendars, bounces, letters."""
    settings = read_settings()
    from infra.endings import refuse_busy_port
    from services.notifications.inbound.process import run_inbound
    from shared.logs import configure_logs

    configure_logs("inbound", settings.log_level)
    configure_traces("inbound")
    refuse_busy_port(settings.host, settings.inbound_port)
    asyncio.run(_until_told(run_inbound, settings))


PROCESSES: dict[str, Callable[[], None]] = {
    "web": web,
    "relay": relay,
    "worker": worker,
    "mailbox": mailbox,
    "inbound": inbound,
}


def run_process(name: str) -> None:
    """Run one of them until it is told to stop."""
    leave_out()
    try:
        PROCESSES[name]()
    finally:
        end_traces()


def leave_out() -> None:
    """What a library would load because it is there, and no process of ours uses: megabytes in each of them.

    structlog takes rich for coloured logs, and ours are JSON; Litestar asks pydantic for its models, ours are Structs.
    """
    for unused in ("rich", "pydantic"):
        sys.modules.setdefault(unused, None)  # type: ignore[arg-type]  # None is the documented way to say "not here"


async def _until_told(run: Callable[[Given, asyncio.Event], Awaitable[None]], settings: Given) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop.set)
    await run(settings, stop)
