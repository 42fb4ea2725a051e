"""The worker: takes ids from the broker, plans events and sends deliveries on one event loop."""

import asyncio
import signal
from contextlib import suppress
from uuid import UUID

import asyncpg
import structlog
import uvloop
from dramatiq import Broker, Worker

from services.notifications.broker import Errand, declare_errands, install_broker, open_broker, queue_of
from services.notifications.failure import describe
from services.notifications.note_failed_plans import note_failed_plans
from services.notifications.origins import origins_of_events
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer, MailServerAway
from services.notifications.webhooks.caller import Caller
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, Pool, open_pool, transaction
from shared.outbox import Doorbell
from shared.settings import Settings
from shared.traces import spans_of_batch

# dramatiq's threads only wait for the loop: they decide how many batches are under way at once
THREADS: dict[Errand, int] = {"send_urgent": 2, "send": 3}
SECONDS_TO_FINISH = 4.0
# who plans a few events with a few deliveries sends them at once; more are spread over all workers by the relay
EVENTS_SENT_BY_THEIR_PLANNER, DELIVERIES_SENT_BY_THEIR_PLANNER = 4, 16

# what a server says of itself (a deadlock, a full disk) is held against no fact
NOT_ITS_FAULT = (
    asyncpg.TransactionRollbackError,
    NO_ROOM,
    asyncpg.OperatorInterventionError,
)

log = structlog.get_logger()


class Errands:
    """What a worker does with the ids it is given. What fails is rung again: the tables are the truth."""

    def __init__(self, settings: Settings, pool: Pool, mail_server: MailServer, doorbell: Doorbell) -> None:
        self._settings = settings
        self._pool = pool
        self._mail_server = mail_server
        self._sender = Sender(settings, pool, mail_server, doorbell.ring)
        self._doorbell = doorbell

    async def plan(self, event_ids: list[UUID]) -> None:
        """Plan the events; if they cannot be planned together, one by one, so that one holds back no other."""
        try:
            deliveries = await self._plan(event_ids)
        except (*CONNECTION_LOST, *NOT_ITS_FAULT) as error:
            log.warning("plan.postponed", error=type(error).__name__)
            return
        except Exception as error:  # noqa: BLE001  # whatever it is, the relay rings again
            if len(event_ids) == 1:
                await self._note(event_ids[0], error)
                return
            for event_id in event_ids:
                await self.plan([event_id])
            return
        few = len(event_ids) <= EVENTS_SENT_BY_THEIR_PLANNER and len(deliveries) <= DELIVERIES_SENT_BY_THEIR_PLANNER
        if deliveries and few and not self._mail_server.is_busy:
            await self.send(deliveries)
        elif deliveries:
            self._doorbell.ring()

    async def send_urgent(self, delivery_ids: list[UUID]) -> None:
        """Send deliveries that somebody waits for: over the connection that is left for them."""
        await self.send(delivery_ids, urgent=True)

    async def send(self, delivery_ids: list[UUID], *, urgent: bool = False) -> None:
        """Send those of the deliveries that are due; if they cannot be claimed together, one by one.

        One that fails is rung again with the same others beside it: without that, it would hold them back for ever.
        """
        try:
            await self._sender.send(delivery_ids, urgent=urgent)
        except (MailServerAway, *CONNECTION_LOST, *NOT_ITS_FAULT) as error:
            log.warning("send.postponed", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # a fault of one batch must not end the worker
            log.warning("send.failed", deliveries=len(delivery_ids), **describe(error))
            if len(delivery_ids) > 1:
                for delivery_id in delivery_ids:
                    await self.send([delivery_id], urgent=urgent)

    async def _note(self, event_id: UUID, error: Exception) -> None:
        with suppress(*CONNECTION_LOST):
            async with transaction(self._pool) as connection:
                await note_failed_plans(connection, {event_id: describe(error)}, now=clock.now())

    async def _plan(self, event_ids: list[UUID]) -> list[UUID]:
        with spans_of_batch("plan", await origins_of_events(self._pool, event_ids), events=len(event_ids)):
            async with transaction(self._pool) as connection:
                deliveries = await plan_events(connection, event_ids, settings=self._settings, now=clock.now())
        log.info("events.planned", events=len(event_ids), deliveries=len(deliveries))
        return deliveries


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished, or given up after five seconds."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await _install(settings, stop)
    if stop.is_set():
        return
    pool = await open_pool(settings.database_url, size=min(settings.database_pool, sum(THREADS.values()) + 2))
    mail_server = MailServer(
        settings.smtp_url, connections=settings.smtp_connections, local_hostname=settings.mail_domain
    )
    doorbell = Doorbell(settings.database_url)
    ringing = asyncio.create_task(doorbell.run())
    timing = asyncio.create_task(clock.keep_time(pool))
    calling = asyncio.create_task(Caller(settings, pool).run())
    broker = open_broker(settings.broker_url)
    errands = Errands(settings, pool, mail_server, doorbell)
    declare_errands(broker, loop, {"plan": errands.plan, "send_urgent": errands.send_urgent, "send": errands.send})
    workers = [_start(broker, errand, threads) for errand, threads in THREADS.items()]
    log.info("worker.started")
    await stop.wait()
    log.info("worker.stopping")
    with suppress(TimeoutError):
        stopping = (asyncio.to_thread(worker.stop, int(SECONDS_TO_FINISH * 500)) for worker in workers)
        await asyncio.wait_for(asyncio.gather(*stopping), timeout=SECONDS_TO_FINISH)
    ringing.cancel()
    calling.cancel()
    timing.cancel()
    await mail_server.close()
    pool.terminate()


def _start(broker: Broker, errand: Errand, threads: int) -> Worker:
    """Threads for one queue. Each takes what it can begin, and leaves the rest to the other workers."""
    worker = Worker(broker, queues={queue_of(broker, errand)}, worker_threads=threads, worker_timeout=500)
    worker.queue_prefetch = threads
    worker.start()
    return worker


async def _install(settings: Settings, stop: asyncio.Event) -> None:
    """Wait for the broker's tables to be there; a database that is still starting is waited for."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(install_broker, settings.broker_url)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with it, it may come back
            log.warning("worker.waiting", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
        else:
            return
