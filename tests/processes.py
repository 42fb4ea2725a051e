"""Real processes for stories and crash tests: started on free ports, ended by their own pid."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

import httpx
import msgspec

from shared.database import Pool
from shared.settings import Settings
from shared.signed_links import Signer
from tests.logs import keep_log
from tests.mail_sink import Sink, open_sink

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A TCP port of the loopback that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that make a process read these settings."""
    values = {
        "QUINZAINE_SECRET_KEYS": ",".join(settings.secret_keys),
        **{
            f"QUINZAINE_{name.upper()}": {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
            for name, value in msgspec.structs.asdict(settings).items()
            if name not in ("secret_keys", "limits", "mail_rates", "dkim_key")
        },
        "QUINZAINE_MAIL_RATES": ",".join(f"{domain}={rate}" for domain, rate in settings.mail_rates.items()),
        "QUINZAINE_LIMITS": "off",
        "QUINZAINE_QUIET_HOURS": "off",
    }
    return {**os.environ, **values, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}


class Process:
    """One of our processes; its log is kept in a file."""

    def __init__(self, settings: Settings, log: Path, *arguments: str, limits: str = "off") -> None:
        self._settings = settings
        # all that is tried comes from one address
        self._limits = limits
        self._arguments = arguments
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self._arguments,
                env=environment_of(self._settings) | {"QUINZAINE_LIMITS": self._limits},
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """SIGKILL to it and whatever it started."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when that is not heard within 8 seconds."""
        await self._end(signal.SIGTERM)

    def pause(self) -> None:
        """SIGSTOP: it stands still, its connections open and its leases running."""
        os.killpg(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT: it goes on as if nothing had happened."""
        os.killpg(self.pid, signal.SIGCONT)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            await asyncio.wait_for(process.wait(), timeout=8)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        keep_log(self.log, self._settings.database_url)


def inbound_process(settings: Settings, log: Path) -> Process:
    """The process that mails come in at."""
    return Process(settings, log, "infra", "inbound")


def web_process(settings: Settings, log: Path, *, limits: str = "off") -> Process:
    """A web process on the settings' port."""
    return Process(settings, log, "infra", "web", limits=limits)


def relay_process(settings: Settings, log: Path) -> Process:
    """A relay."""
    return Process(settings, log, "infra", "relay")


def worker_process(settings: Settings, log: Path) -> Process:
    """A worker."""
    return Process(settings, log, "infra", "worker")


async def wait_for_web(url: str, *, seconds: float = 60) -> None:
    """Wait until the web process answers."""
    async with httpx.AsyncClient() as client:
        for _ in range(int(seconds / 0.05)):
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/health")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise TimeoutError(f"no web process at {url}")


async def wait_for_port(port: int, *, seconds: float = 60) -> None:
    """Wait until something listens on a port of the loopback."""
    for _ in range(int(seconds / 0.05)):
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@asynccontextmanager
async def web(settings: Settings, folder: Path, *, processes: int = 1, limits: str = "off") -> AsyncIterator[list[str]]:
    """So many web processes, each on a port of its own; yields their addresses."""
    started: list[Process] = []
    urls: list[str] = []
    try:
        for number in range(processes):
            port = free_port()
            urls.append(f"http://127.0.0.1:{port}")
            mine = msgspec.structs.replace(settings, port=port, base_url=urls[0])
            started.append(web_process(mine, folder / f"web{number}.log", limits=limits))
            await started[-1].start()
        for url in urls:
            await wait_for_web(url)
        yield urls
    finally:
        for process in started:
            await process.stop()


class System:
    """A running system on one database: a web process, a relay, a worker, and the mailbox of everybody."""

    def __init__(self, settings: Settings, pool: Pool, folder: Path, sink: Sink) -> None:
        self.settings = settings
        self.pool = pool
        self.sink = sink
        self.relay = relay_process(settings, folder / "relay.log")
        self.worker = worker_process(settings, folder / "worker.log")
        self.http = httpx.AsyncClient(base_url=settings.base_url, timeout=30)
        self.planner = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', UUID(int=0))}"}

    async def start(self) -> None:
        """Start relay and worker, whichever does not run."""
        for process in (self.relay, self.worker):
            if not process.runs:
                await process.start()

    async def crash(self) -> None:
        """SIGKILL to relay and worker, and as much time as their leases last."""
        await asyncio.gather(self.relay.kill(), self.worker.kill())
        await self.end_leases()

    async def end_leases(self) -> None:
        """Let the time pass that a delivery is left to who claimed it."""
        await self.pool.execute(
            "UPDATE notifications.deliveries SET lease_until = now() - interval '1 second' WHERE state = 'sending'"
        )

    async def settled(self, *, seconds: float = 60) -> None:
        """Wait until every fact is planned and no delivery is due or under way."""
        until = asyncio.get_running_loop().time() + seconds
        while left := await unfinished(self.pool):
            if asyncio.get_running_loop().time() > until:
                raise TimeoutError(f"still to do after {seconds:g} s: {left}")
            await asyncio.sleep(0.05)

    def logs(self) -> str:
        """What all processes have logged."""
        return "".join(log.read_text() for log in sorted(self.relay.log.parent.glob("*.log")))


async def unfinished(pool: Pool) -> str:
    """What is still on its way, counted, reminders left out; empty when nothing is."""
    row = await pool.fetchrow(
        """
        SELECT (SELECT count(*) FROM contract.events WHERE planned_at IS NULL) AS events,
               (SELECT count(*) FROM notifications.deliveries
                WHERE state IN ('due', 'sending') AND useless_from IS NULL) AS deliveries
        """
    )
    assert row is not None
    return f"{row['events']} events, {row['deliveries']} deliveries" if row["events"] or row["deliveries"] else ""


async def stop_all(processes: list[Process]) -> None:
    """Stop them, all at once."""
    await asyncio.gather(*[process.stop() for process in processes])


@asynccontextmanager
async def system(settings: Settings, pool: Pool, folder: Path, *, with_web: bool = True) -> AsyncIterator[System]:
    """Web, relay and worker on the settings' database, with a mail server; all gone when the block ends."""
    port = free_port()
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(open_sink())
        mine = msgspec.structs.replace(
            settings, port=port, base_url=f"http://127.0.0.1:{port}", smtp_url=sink.url, smtp_connections=4
        )
        running = System(mine, pool, folder, sink)
        await stack.enter_async_context(running.http)
        processes = [running.relay, running.worker]
        if with_web:
            processes.append(web_process(mine, folder / "web.log"))
        stack.push_async_callback(stop_all, processes)
        for process in processes:
            await process.start()
        if with_web:
            await wait_for_web(mine.base_url)
        yield running
