"""All processes of an installation, each of which may be killed or stopped; and a disk that may be filled."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import msgspec

from shared.database import Pool, transaction
from shared.settings import Settings
from tests.chaos.stream import Stream, some_ports
from tests.mail_sink import Sink, open_sink
from tests.processes import (
    Process,
    inbound_process,
    relay_process,
    stop_all,
    unfinished,
    wait_for_port,
    wait_for_web,
    web_process,
    worker_process,
)
from tests.world import a_week

SEATS = 5000


class Everything:
    """Two web processes, a relay, two workers and the way in, on one database, with a mail server and a stream."""

    def __init__(self, settings: Settings, pool: Pool, folder: Path, sink: Sink) -> None:
        first, second, door = some_ports(3)
        self.urls = [f"http://127.0.0.1:{port}" for port in (first, second)]
        self.settings = msgspec.structs.replace(
            settings,
            port=first,
            base_url=self.urls[0],
            smtp_url=sink.url,
            smtp_connections=4,
            inbound_port=door,
        )
        beside = msgspec.structs.replace(self.settings, port=second)
        # who comes in asks the other web process: it must bear that one is away
        reception = msgspec.structs.replace(self.settings, api_url=self.urls[1])
        self.pool, self.sink, self.folder = pool, sink, folder
        self.webs = [web_process(self.settings, folder / "web1.log"), web_process(beside, folder / "web2.log")]
        self.relay = relay_process(self.settings, folder / "relay.log")
        self.workers = [worker_process(self.settings, folder / f"worker{number}.log") for number in (1, 2)]
        self.inbound = inbound_process(reception, folder / "inbound.log")
        self.stream: Stream

    @property
    def processes(self) -> list[Process]:
        """All of them."""
        return [*self.webs, self.relay, *self.workers, self.inbound]

    async def wait_for_processes(self) -> None:
        """Until all answer that can be asked."""
        await asyncio.gather(*(wait_for_web(url) for url in self.urls), wait_for_port(self.settings.inbound_port))

    async def settled(self, *, seconds: float = 90) -> None:
        """Wait until every fact is told and every answer that came in was acted on."""
        until = asyncio.get_running_loop().time() + seconds
        # who declined from a calendar has time to think again: it passes
        left_to_act = """
            SELECT (SELECT count(*) FROM notifications.answers WHERE state = 'read')
                 + (SELECT count(*) FROM campaigns.leavings)
        """
        while left := (await self.pool.fetchval(left_to_act) or await unfinished(self.pool)):
            await self.pool.execute("UPDATE campaigns.leavings SET due_at = now() WHERE due_at > now()")
            if asyncio.get_running_loop().time() > until:
                raise TimeoutError(f"still to do after {seconds:g} s: {left}")
            await asyncio.sleep(0.05)

    def logs(self) -> str:
        """What all processes have logged."""
        return "".join(log.read_text() for log in sorted(self.folder.glob("*.log")))


@asynccontextmanager
async def everything(settings: Settings, pool: Pool, folder: Path) -> AsyncIterator[Everything]:
    """All of it under way, the stream too; gone when the block ends."""
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(open_sink())
        running = Everything(settings, pool, folder, sink)
        async with transaction(pool) as connection:
            week = await a_week(connection, seats=SEATS, days=2)
        stack.push_async_callback(stop_all, running.processes)
        await asyncio.gather(*(process.start() for process in running.processes))
        await running.wait_for_processes()
        running.stream = Stream(
            pool, sink, running.urls, week, running.settings.secret_keys, running.settings.inbound_port
        )
        running.stream.start()
        try:
            yield running
        finally:
            await running.stream.stop()


class SmallDisk:
    """A file system of its own in memory, which may be filled to the last bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Nothing more can be written."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (1 << 20, 4096):
                with suppress(OSError):
                    while ballast.write(bytes(size)):
                        pass

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk | None]:
    """Such a disk; None, and an ordinary folder, where the account may make none, as in some containers."""
    folder.mkdir()
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
