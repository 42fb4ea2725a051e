"""Whatever is killed, emptied, restarted or refused between a commit and a mailbox: nobody is left with an untruth."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from infra.embedded_database import EmbeddedDatabase
from shared.database import open_pool
from tests.brokers import count_rung, empty_queue
from tests.chaos.crowd import gather_crowd
from tests.mail_sink import Accepted
from tests.processes import System, system

pytestmark = pytest.mark.anyio


async def test_relay_and_worker_are_killed_at_every_step(pool, on_each_broker, tmp_path):
    async with system(on_each_broker, pool, tmp_path, with_web=False) as running:
        crowd = await gather_crowd(running)
        await running.crash()
        # committed, and nobody is there to ring
        await crowd.register()
        await running.relay.start()
        # rung, and nobody is there to plan; then the broker forgets
        await until(lambda: is_rung(running))
        await running.relay.kill()
        empty_queue(on_each_broker.broker_url)
        # planned, not sent
        running.sink.change_mood("later")
        await running.start()
        await until(lambda: is_planned(running))
        await running.crash()
        running.sink.change_mood("accepts")
        # accepted by the mail server, not noted, while the next fact is on its way
        assassin = Assassin(running, 20, 120)
        await running.start()
        await crowd.move_tuesday()
        await until(assassin.is_done)
        await running.settled(seconds=90)
        # and once more among the last mails
        assassin = Assassin(running, len(running.sink.mails) + 5)
        await crowd.withdraw(20)
        await until(assassin.is_done)
        await running.settled(seconds=90)
        # a kill repeats at most what was accepted and not yet noted
        assert await crowd.check_the_truth() <= 3 * 4 * running.settings.smtp_connections


async def test_the_queue_is_emptied_and_the_mail_server_is_moody(pool, on_each_broker, tmp_path):
    async with system(on_each_broker, pool, tmp_path, with_web=False) as running:
        crowd = await gather_crowd(running)
        await running.worker.kill()
        await crowd.register()
        await until(lambda: is_rung(running))
        empty_queue(on_each_broker.broker_url)
        running.sink.change_mood("later")
        await running.worker.start()
        await asyncio.wait_for(running.sink.offered.wait(), 60)
        await crowd.move_tuesday()
        empty_queue(on_each_broker.broker_url)
        running.sink.change_mood("cut")
        # a server that answers nothing is soon tried by one mail at a time
        await until(lambda: has_accepted(running, 5))
        empty_queue(on_each_broker.broker_url)
        running.sink.change_mood("accepts")
        await crowd.withdraw(20)
        await running.settled(seconds=90)
        # how many were sent again says only that the fault did hit: a later change may take a cut mail's place
        assert await crowd.check_the_truth() > 0


async def test_postgresql_crashes_and_comes_back(settings, own_server, tmp_path):
    mine = msgspec.structs.replace(settings, database_url=own_server.url, broker_url=own_server.url)
    pool = await open_pool(own_server.url, size=4)
    async with system(mine, pool, tmp_path) as running:
        crowd = await gather_crowd(running)
        await crowd.register()
        for mails in (30, 120):
            await until(lambda mails=mails: has_accepted(running, mails))
            await crash(own_server)
        await crowd.move_tuesday()
        await crash(own_server)
        await crowd.withdraw(20)
        # a claim whose commit was not heard of is nobody's until its lease ends
        await running.end_leases()
        await running.settled(seconds=90)
        await crowd.check_the_truth()
        assert (await running.http.get("/health")).status_code == 200
    pool.terminate()


async def crash(database: EmbeddedDatabase) -> None:
    """The server goes down without a word, and comes up again."""
    await asyncio.to_thread(database.stop, mode="immediate")
    await asyncio.to_thread(database.start)


class Assassin:
    """Kills relay and worker when so many mails were accepted, before the worker hears of it, and starts new ones."""

    def __init__(self, running: System, *numbers: int) -> None:
        self._running = running
        self._numbers = set(numbers)
        self.kills: list[asyncio.Task[None]] = []
        running.sink.on_accepted = self.watch

    async def watch(self, _: Accepted) -> None:
        if len(self._running.sink.mails) in self._numbers:
            # a task of its own: the mail server drops what it does for a client that is gone
            self.kills.append(asyncio.create_task(self._kill()))
            await asyncio.shield(self.kills[-1])

    async def is_done(self) -> bool:
        return len(self.kills) == len(self._numbers) and all(kill.done() for kill in self.kills)

    async def _kill(self) -> None:
        await self._running.crash()
        await self._running.start()


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    """Look again and again until it is so."""
    for _ in range(int(seconds / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("it did not happen in time")


async def is_rung(running: System) -> bool:
    return await asyncio.to_thread(count_rung, running.settings.broker_url) > 0


async def is_planned(running: System) -> bool:
    return bool(await running.pool.fetchval("SELECT count(*) FROM notifications.deliveries") > 0)


async def has_accepted(running: System, mails: int) -> bool:
    return len(running.sink.mails) >= mails
