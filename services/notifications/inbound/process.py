"""The process that mails come in at: the server, and the loop that acts on what nobody has acted on yet."""

import asyncio
import logging
from contextlib import suppress

import structlog

from services.notifications.inbound.act_on_answers import Answers
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.server import Door, Reception
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, open_pool
from shared.settings import Settings

POLL_SECONDS = 1.0
CONNECTIONS = 5

log = structlog.get_logger()


async def run_inbound(settings: Settings, stop: asyncio.Event) -> None:
    """Take mails until told to stop."""
    # the library repeats what a stranger has said to it, addresses and all
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    pool = await open_pool(settings.database_url, size=min(settings.database_pool, CONNECTIONS))
    timing = asyncio.create_task(clock.keep_time(pool))
    campaigns = Campaigns(settings)
    answers = Answers(settings, pool, campaigns)
    reception = Reception(settings, pool, answers)
    async with Door(reception, host=settings.host, port=settings.inbound_port, hostname=settings.mail_domain) as door:
        log.info("inbound.started", port=door.port)
        acting = asyncio.create_task(_act(answers))
        await stop.wait()
        log.info("inbound.stopping")
    acting.cancel()
    timing.cancel()
    with suppress(asyncio.CancelledError):
        await acting
    await campaigns.close()
    pool.terminate()


async def _act(answers: Answers) -> None:
    """A database that is away is waited for."""
    while True:
        done = 0
        try:
            done = await answers.act_on_due()
        except (*CONNECTION_LOST, NO_ROOM) as error:
            log.warning("inbound.waiting", error=type(error).__name__)
        except Exception:
            log.exception("inbound.failed")
        if not done:
            await asyncio.sleep(POLL_SECONDS)
