"""The relay: rings the broker for every event not planned and every delivery due, until the tables say it is done."""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from dramatiq.broker import Broker
from msgspec import Struct

from services.notifications.broker import Errand, RingingFailed, install_broker, open_broker, ring
from services.notifications.failure import describe
from services.notifications.reactions import URGENT_BELOW
from services.notifications.smtp import server_of
from services.notifications.tags import KNOWN_TAGS, URGENT_TAGS
from services.notifications.thin_out import AT_MOST, thin_out
from shared import clock
from shared.database import CONNECTION_LOST
from shared.outbox import DOORBELL
from shared.settings import Settings

POLL_SECONDS = 1.0
# while there is more to do than may be rung at once, the tables are read again so soon
BUSY_SECONDS = 0.1
RUNG_AT_MOST = 256
BATCH = 32
# what is of no more use goes this often, a little each time
THIN_OUT_SECONDS = 600.0
# of one statement: nobody is rung for while it runs
THIN_OUT_WITHIN_MS = 3000
_URGENT: Errand = "send_urgent"
_OTHER: Errand = "send"
# what was rung and is not done is rung again after so long, then more and more rarely
FIRST_AGAIN_SECONDS, LAST_AGAIN_SECONDS = 3.0, 15.0

log = structlog.get_logger()


class _Rung(Struct):
    """When an id may be rung again, and how long the wait after that will be."""

    again_at: float
    wait: float


class Ledger:
    """Which ids were rung lately. It may be lost: ringing twice is harmless."""

    def __init__(self) -> None:
        self._rung: dict[UUID, _Rung] = {}

    def to_ring(self, wanted: Iterable[UUID], *, now: float) -> list[UUID]:
        """Those of the wanted ids whose turn it is, noted as rung; whatever is no longer wanted is forgotten."""
        wanted = list(wanted)
        self._rung = {each: self._rung[each] for each in wanted if each in self._rung}
        turn = []
        for each in wanted:
            rung = self._rung.get(each)
            if rung is None or rung.again_at <= now:
                wait = FIRST_AGAIN_SECONDS if rung is None else min(rung.wait * 2, LAST_AGAIN_SECONDS)
                self._rung[each] = _Rung(now + wait, wait)
                turn.append(each)
        return turn

    def forget(self, ids: Iterable[UUID]) -> None:
        """Ids that could not be rung after all."""
        for each in ids:
            self._rung.pop(each, None)


class Relay:
    """One relay; several may run beside each other."""

    def __init__(self, settings: Settings, broker: Broker) -> None:
        self._settings = settings
        self._broker = broker
        self._server = server_of(settings.smtp_url)
        self._ledger: dict[Errand, Ledger] = {"plan": Ledger(), _URGENT: Ledger(), _OTHER: Ledger()}
        self._bell = asyncio.Event()
        self._thin_out_at = time.monotonic() + POLL_SECONDS
        # a connection of the broker belongs to the thread that opened it
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ringing")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: listen and poll, come back after a lost database or broker with growing patience."""
        patience = 0.1
        while not stop.is_set():
            try:
                await self._in_thread(install_broker, self._settings.broker_url)
                connection = await asyncpg.connect(self._settings.database_url, timeout=5, command_timeout=15)
                try:
                    await connection.add_listener(DOORBELL, self.wake)
                    log.info("relay.listening")
                    while not stop.is_set():
                        await clock.look_now_and_then(connection)
                        busy = await self.tick(connection)
                        await self._thin_out(connection)
                        patience = 0.1
                        await self._wait(stop, BUSY_SECONDS if busy else POLL_SECONDS)
                finally:
                    with suppress(*CONNECTION_LOST):
                        await connection.close(timeout=1)
            except Exception as error:  # noqa: BLE001
                # whatever it was, the tables still say what is to be done
                log.warning("relay.interrupted", **describe(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), patience)
                patience = min(patience * 2, 5.0)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def tick(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """Ring once for what is to be done now; whether there was as much as may be rung at once."""
        await connection.execute(
            """
            UPDATE notifications.deliveries SET state = 'due', lease_until = NULL
            WHERE id IN (SELECT id FROM notifications.deliveries
                         WHERE state = 'sending' AND lease_until < now() FOR UPDATE SKIP LOCKED)
            """
        )
        events = await self._events(connection, KNOWN_TAGS)
        if len(events) >= RUNG_AT_MOST:
            # more than fits: what somebody waits for is not behind it
            events = list(dict.fromkeys(await self._events(connection, URGENT_TAGS) + events))[:RUNG_AT_MOST]
        await self._ring("plan", events)
        busy = len(events) >= RUNG_AT_MOST
        at_most = await self._ring_at_most(connection)
        for errand, first, below in ((_URGENT, 0, URGENT_BELOW), (_OTHER, URGENT_BELOW, 32767)):
            if at_most < RUNG_AT_MOST:
                # whatever was rung is not being done: when it may be, it is rung at once
                self._ledger[errand] = Ledger()
            deliveries = (await self._deliveries(connection, first, below))[:at_most]
            await self._ring(errand, deliveries)
            busy = busy or len(deliveries) >= RUNG_AT_MOST
        return busy

    async def _thin_out(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """When it is time, some; the next some on the next tick. What cannot be done now is not why nobody is told."""
        if time.monotonic() < self._thin_out_at:
            return
        done = 0
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL statement_timeout = {THIN_OUT_WITHIN_MS}")
                done = await thin_out(connection, now=clock.now())
        except Exception as error:  # noqa: BLE001
            log.warning("relay.not_thinned_out", **describe(error))
        if done < AT_MOST:
            self._thin_out_at = time.monotonic() + THIN_OUT_SECONDS

    async def _ring_at_most(self, connection: "asyncpg.Connection[asyncpg.Record]") -> int:
        """None while sending is paused or the server is away, one where it is to be tried again, else a few hundred."""
        row = await connection.fetchrow(
            """
            SELECT EXISTS (SELECT FROM contract.sending WHERE paused_at IS NOT NULL) AS paused,
                   (SELECT probe_at > now() FROM notifications.mail_servers WHERE server = $1) AS waiting
            """,
            self._server,
        )
        if row is None or (row["waiting"] is None and not row["paused"]):
            return RUNG_AT_MOST
        return 0 if row["paused"] or row["waiting"] else 1

    async def _events(self, connection: "asyncpg.Connection[asyncpg.Record]", tags: list[str]) -> list[UUID]:
        rows = await connection.fetch(
            """
            SELECT id FROM contract.events
            WHERE planned_at IS NULL AND tag = ANY($2::text[])
              AND NOT EXISTS (SELECT FROM notifications.unplanned_events aside
                              WHERE aside.event_id = events.id AND aside.again_at > now())
            ORDER BY id LIMIT $1
            """,
            RUNG_AT_MOST,
            tags,
        )
        return [row["id"] for row in rows]

    async def _deliveries(self, connection: "asyncpg.Connection[asyncpg.Record]", first: int, below: int) -> list[UUID]:
        """Those that are due, by priority, then due time; what one person is told together stays together."""
        rows = await connection.fetch(
            """
            SELECT id, recipient_id FROM notifications.deliveries
            WHERE state = 'due' AND due_at <= now() AND priority >= $2 AND priority < $3
            ORDER BY priority, due_at, id LIMIT $1
            """,
            RUNG_AT_MOST,
            first,
            below,
        )
        of_person: dict[UUID, list[UUID]] = {}
        for row in rows:
            of_person.setdefault(row["recipient_id"], []).append(row["id"])
        return [each for ids in of_person.values() for each in ids]

    async def _ring(self, errand: Errand, wanted: list[UUID]) -> None:
        ledger = self._ledger[errand]
        turn = ledger.to_ring(wanted, now=time.monotonic())
        for start in range(0, len(turn), BATCH):
            try:
                await self._in_thread(ring, self._broker, errand, turn[start : start + BATCH])
            except RingingFailed:
                ledger.forget(turn[start:])
                raise

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        if not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), seconds)
        self._bell.clear()

    def wake(self, *_: Any) -> None:
        """Look again now: something was committed, or it is time to stop."""
        self._bell.set()

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


async def run_relay(settings: Settings, stop: asyncio.Event) -> None:
    """Ring until `stop` is set. Holds nothing: it may be killed at any moment, and several may run."""
    broker = open_broker(settings.broker_url)
    relay = Relay(settings, broker)
    stopped = asyncio.create_task(stop.wait())
    stopped.add_done_callback(relay.wake)
    try:
        await relay.run(stop)
    finally:
        stopped.cancel()
        broker.close()
