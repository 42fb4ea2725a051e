"""The database's machine is lost while pupils register; its synchronous replica takes over, and nothing told is lost.

Only with a synchronous replica is that so: without one, what was told a moment before goes with the disk.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from infra.doctor.truths import look_at_truths
from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import migrate, prepare_broker
from shared.database import open_pool, transaction
from tests.chaos.test_nothing_is_lost import until
from tests.processes import System, system
from tests.world import Week, a_week

pytestmark = pytest.mark.anyio

SETTINGS = {**FOR_TESTS, "synchronous_commit": "on", "wal_level": "replica", "hot_standby": "on"}
TOLD_BEFORE, TOLD_AFTER = 60, 30


class Replica(EmbeddedDatabase):
    """A cluster that begins as a copy of another and follows it."""

    def __init__(self, folder: Path, original: EmbeddedDatabase) -> None:
        super().__init__(folder, SETTINGS)
        self._original = original

    def _make_cluster(self) -> None:
        self.data.mkdir(mode=0o700)
        self._lend(self.data)
        done = self._run(
            "pg_basebackup", "-D", str(self.data), "-h", str(self._original.sockets), "-U", "postgres",
            "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture
def folder(open_folder: Path) -> Iterator[Path]:
    """Where both clusters lie; neither outlives the test."""
    yield open_folder
    for name in ("first", "second"):
        EmbeddedDatabase(open_folder / name).remove()


@asynccontextmanager
async def two_databases(folder: Path) -> AsyncIterator[tuple[EmbeddedDatabase, Replica]]:
    """One that is migrated, and its replica: a commit is told when both have it."""
    first = EmbeddedDatabase(folder / "first", SETTINGS)
    await asyncio.to_thread(first.start)
    await migrate(first.url)
    await prepare_broker(first.url)
    second = Replica(folder / "second", first)
    await asyncio.to_thread(second.start)
    connection = await asyncpg.connect(first.url)
    await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await connection.execute("SELECT pg_reload_conf()")

    async def follows() -> bool:
        return bool(await connection.fetchval("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"))

    await until(follows)
    await connection.close()
    yield first, second


class Stream:
    """Pupils who register one after another, each until told; who was told what."""

    def __init__(self, running: System, week: Week) -> None:
        self.running, self.week = running, week
        self.told: dict[str, str] = {}
        self.slowest = 0.0
        self._number = 0

    async def register(self, http: httpx.AsyncClient, count: int) -> None:
        """So many more. A client without an answer asks again with its key."""
        for _ in range(count):
            self._number += 1
            name = "D" + "".join(chr(97 + int(digit)) for digit in f"{self._number:03}")
            body = {
                "pupil": {"first_name": "Camille", "last_name": name, "email": f"{name.lower()}@eleve.example"},
                "school": {"name": "Lycée Jacques Prévert"},
                "class_name": "2nde 4",
            }
            began = time.monotonic()
            while (answer := await self._ask(http, body, name)) is None:
                assert time.monotonic() - began < 60
                await asyncio.sleep(0.1)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.told[f"{name.lower()}@eleve.example"] = answer

    async def is_under_way(self) -> bool:
        """Whether so many were told."""
        return len(self.told) >= TOLD_BEFORE

    async def _ask(self, http: httpx.AsyncClient, body: dict[str, object], key: str) -> str | None:
        url = f"{self.running.settings.base_url}/api/v1/offers/{self.week.offer_id}/registrations"
        try:
            got = await http.post(url, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return None
        return str(got.json()["id"]) if got.status_code in (200, 201) else None


async def test_nothing_that_was_told_is_lost_when_the_replica_takes_over(settings, folder, tmp_path):
    async with two_databases(folder) as (first, second):
        both = f"postgresql://postgres@/postgres?host={first.sockets},{second.sockets}&target_session_attrs=read-write"
        mine = msgspec.structs.replace(settings, database_url=both, broker_url=both)
        pool = await open_pool(both, size=4)
        async with transaction(pool) as connection:
            week = await a_week(connection, seats=TOLD_BEFORE + TOLD_AFTER)
        limits = httpx.Limits(max_connections=4, max_keepalive_connections=0)
        async with system(mine, pool, tmp_path) as running, httpx.AsyncClient(timeout=10, limits=limits) as http:
            stream = Stream(running, week)
            registering = asyncio.create_task(stream.register(http, TOLD_BEFORE + TOLD_AFTER))
            await until(stream.is_under_way)
            os.kill(first.pid() or 0, signal.SIGKILL)
            replica = await asyncpg.connect(second.url)
            assert await replica.fetchval("SELECT pg_promote()")
            await asyncio.wait_for(registering, timeout=90)
            rows = await replica.fetch("SELECT id::text FROM campaigns.registrations WHERE status = 'confirmed'")
            assert set(stream.told.values()) == {row["id"] for row in rows}
            await running.end_leases()
            await running.settled(seconds=90)
            assert set(stream.told) == set(running.sink.by_recipient())
            assert [finding for finding in await look_at_truths(replica) if finding.state == "bad"] == []
            await replica.close()
        pool.terminate()
        # who was in the middle waited for the replica, and not for an operator
        assert stream.slowest < 45
