"""The system under the bench: an embedded database with fsync on, and real processes on free ports."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
from msgspec import Struct

from infra.bench.profiling import PROFILES, profiled
from infra.demo import load_demo
from infra.embedded_database import EmbeddedDatabase
from infra.migrate import migrate
from shared.database import Pool, open_pool
from shared.settings import Settings, read_settings

SECRET = "a-secret-for-the-bench-only"  # noqa: S105  # signs nothing but the bench's own links


class Bench(Struct, kw_only=True):
    """What the rounds work with."""

    folder: Path
    settings: Settings
    pool: Pool
    environment: dict[str, str]

    @property
    def mails(self) -> Path:
        """Where the sink keeps what it accepts; a file's name begins with the time of acceptance in nanoseconds."""
        return self.folder / "mailbox" / "new"

    async def offer(self, slug: str) -> UUID:
        """The id of an offer of the demo."""
        found: UUID = await self.pool.fetchval("SELECT id FROM campaigns.offers WHERE slug = $1", slug)
        return found


def make_folder() -> Path:
    """A temporary folder that PostgreSQL's account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="quinzaine-bench-"))
    folder.chmod(0o755)
    return folder


def free_port() -> int:
    """A TCP port of the loopback that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def bench(*, profiles: Path | None = None) -> AsyncIterator[Bench]:
    """A fresh database with the demo, and the mail sink; both gone at the end. In `profiles` processes leave theirs."""
    folder = make_folder()
    database = EmbeddedDatabase(folder / "postgresql")
    port, mailbox_port, smtp_port = free_port(), free_port(), free_port()
    try:
        database.start()
        connection = await asyncpg.connect(database.url)
        await connection.execute("CREATE DATABASE bench")
        await connection.close()
        environment = {
            "QUINZAINE_DATABASE_URL": database.url_of("bench"),
            "QUINZAINE_BROKER_URL": database.url_of("bench"),
            "QUINZAINE_SECRET_KEYS": SECRET,
            # all load comes from one address
            "QUINZAINE_LIMITS": "off",
            "QUINZAINE_QUIET_HOURS": "off",
            "QUINZAINE_PORT": str(port),
            "QUINZAINE_BASE_URL": f"http://127.0.0.1:{port}",
            "QUINZAINE_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "QUINZAINE_MAILBOX": str(folder / "mailbox"),
            "QUINZAINE_MAILBOX_PORT": str(mailbox_port),
            "QUINZAINE_MAILBOX_SMTP_PORT": str(smtp_port),
        }
        if profiles is not None:
            environment[PROFILES] = str(profiles)
        settings = read_settings(environment)
        await migrate(settings.database_url)
        await load_demo(settings.database_url, now=datetime.now(UTC))
        pool = await open_pool(settings.database_url, size=4)
        async with process(environment, "infra", "mailbox"):
            await answers(f"http://127.0.0.1:{mailbox_port}/")
            yield Bench(folder=folder, settings=settings, pool=pool, environment=environment)
        await pool.close()
    finally:
        database.remove()


@asynccontextmanager
async def process(environment: dict[str, str], *module: str) -> AsyncIterator[int]:
    """A process of ours (`python -m …`), ended by its own pid; yields the pid."""
    folder = environment.get(PROFILES)
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *(profiled(module, folder) if folder else ("-m", *module)),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield started.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(started.wait(), 8)
        except TimeoutError:
            os.killpg(started.pid, signal.SIGKILL)
            await started.wait()


async def answers(url: str, *, seconds: float = 30) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if (await client.get(url)).status_code < 500:
                    return
            await asyncio.sleep(0.05)
    raise TimeoutError(url)
