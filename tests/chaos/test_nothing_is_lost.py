"""Whatever is killed, emptied, restarted or refused between a commit and a mailbox: nobody is left with an untruth."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import migrate
from shared.database import Pool, open_pool
from shared.settings import Settings
from tests.chaos.crowd import gather_crowd
from tests.mail_sink import Accepted
from tests.processes import System, system

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["postgresql", "rabbitmq"])
def either_broker(request: pytest.FixtureRequest) -> Settings:
    """Settings on each broker."""
    name = "settings" if request.param == "postgresql" else "on_rabbitmq"
    settings: Settings = request.getfixturevalue(name)
    return settings


async def test_relay_and_worker_are_killed_at_every_step(pool, either_broker, tmp_path):
    async with system(either_broker, pool, tmp_path, with_web=False) as running:
        crowd = await gather_crowd(running)
        await running.crash()
        # committed, nobody is there to ring
        await crowd.register()
        await running.relay.start()
        # rung, nobody is there to plan; then nobody remembers that it was rung
        await until(lambda: is_rung(running))
        await running.relay.kill()
        # planned, not sent
        running.sink.change_mood("later")
        await running.start()
        await until(lambda: is_planned(pool))
        await running.crash()
        running.sink.change_mood("accepts")
        # accepted by the mail server, not noted
        assassin = Assassin(running, 20, 70, 130)
        await running.start()
        await crowd.move_tuesday()
        await until(assassin.is_done, seconds=40)
        # and in the middle of what comes after
        await running.settled()
        assassin = Assassin(running, len(running.sink.mails) + 5)
        await crowd.withdraw(20)
        await until(assassin.is_done)
        await running.settled()
        repeated = await crowd.check_the_truth()
        # each kill repeats at most what was under way on the worker's connections
        assert repeated <= 5 * 4 * running.settings.smtp_connections


async def test_the_queue_is_emptied_and_the_mail_server_is_moody(pool, settings, tmp_path):
    async with system(settings, pool, tmp_path, with_web=False) as running:
        crowd = await gather_crowd(running)
        await running.worker.kill()
        await crowd.register()
        await until(lambda: is_rung(running))
        await empty_queue(pool)
        running.sink.change_mood("later")
        await running.worker.start()
        await asyncio.wait_for(running.sink.offered.wait(), 20)
        await crowd.move_tuesday()
        await empty_queue(pool)
        await asyncio.sleep(0.5)
        running.sink.change_mood("cut")
        while len(running.sink.mails) < 40:
            await asyncio.wait_for(running.sink.offered.wait(), 20)
            running.sink.offered.clear()
        await empty_queue(pool)
        running.sink.change_mood("accepts")
        await crowd.withdraw(20)
        await running.settled(seconds=45)
        assert await crowd.check_the_truth() >= 40


@pytest.fixture
async def own_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedDatabase]:
    """A server that may be crashed; what it says is committed is written."""
    folder = tmp_path_factory.mktemp("server")
    database = EmbeddedDatabase(folder, {**FOR_TESTS, "synchronous_commit": "on"})
    await asyncio.to_thread(database.start)
    yield database
    await asyncio.to_thread(database.remove)


async def test_postgresql_crashes_and_comes_back(settings, own_server, tmp_path):
    await migrate(own_server.url)
    mine = msgspec.structs.replace(settings, database_url=own_server.url, broker_url=own_server.url)
    pool = await open_pool(own_server.url, size=4)
    async with system(mine, pool, tmp_path) as running:
        crowd = await gather_crowd(running)
        await crowd.register()
        for mails in (30, 120):
            await until(lambda mails=mails: is_true(len(running.sink.mails) >= mails))
            await asyncio.to_thread(own_server.stop, mode="immediate")
            await asyncio.to_thread(own_server.start)
        await crowd.move_tuesday()
        await asyncio.to_thread(own_server.stop, mode="immediate")
        await asyncio.to_thread(own_server.start)
        await crowd.withdraw(20)
        await running.end_leases()
        await running.settled(seconds=45)
        await crowd.check_the_truth()
        assert (await running.http.get("/health")).status_code == 200
    pool.terminate()


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


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    """Look again and again until it is so."""
    for _ in range(int(seconds / 0.01)):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("it did not happen in time")


async def is_true(value: bool) -> bool:
    return value


async def is_rung(running: System) -> bool:
    """Whether the broker holds messages; RabbitMQ is given the time to."""
    if running.settings.broker_url.startswith("amqp"):
        await asyncio.sleep(2)
        return True
    if not await running.pool.fetchval("SELECT to_regclass('dramatiq.queue') IS NOT NULL"):
        return False
    return bool(await running.pool.fetchval("SELECT count(*) FROM dramatiq.queue") > 0)


async def is_planned(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT count(*) FROM notifications.deliveries") > 0)


async def empty_queue(pool: Pool) -> None:
    """Everything that was rung is forgotten."""
    await pool.execute("DELETE FROM dramatiq.queue")
