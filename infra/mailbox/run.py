"""The mailbox as a process: the sink and its pages in one event loop."""

import asyncio

from granian.constants import Interfaces
from granian.server.embed import Server

from infra.endings import refuse_busy_port
from infra.mailbox.erase_letters import follow_erasures
from infra.mailbox.pages import create_app
from infra.mailbox.sink import MailboxSink
from shared.settings import MailboxSettings


async def run_mailbox(settings: MailboxSettings, stop: asyncio.Event) -> None:
    """Keep every mail that comes in by SMTP and show them in the browser, until told to stop.

    Where it stands beside a database, letters of people who are erased go, too.
    """
    refuse_busy_port(settings.host, settings.port)
    server = Server(
        create_app(settings.folder, inbound=(settings.inbound_host, settings.inbound_port)),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    async with MailboxSink(settings.folder, settings.host, settings.smtp_port):
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(stop.wait())
        erasing = asyncio.create_task(_follow_erasures(settings, stop))
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it untyped
        await asyncio.wait({serving}, timeout=3)
        stopping.cancel()
        erasing.cancel()


async def _follow_erasures(settings: MailboxSettings, stop: asyncio.Event) -> None:
    if settings.database_url:
        await follow_erasures(settings.folder, settings.database_url, stop)
