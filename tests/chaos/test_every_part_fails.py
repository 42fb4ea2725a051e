"""While pupils register, withdraw and answer, each part is killed or stopped in turn: nobody is left with an untruth.

How long it takes from the end of each fault until somebody new has a seat and the mail that says so is measured.
Nothing is done by hand: a process that was killed is started again, as systemd or a cluster does. The short form stops
processes for a moment; `make chaos` stops them for longer than any lease.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import FOLDER, migrate, prepare_broker
from shared.database import open_pool
from tests.chaos.everything import Everything, SmallDisk, everything, small_disk
from tests.processes import Process

pytestmark = pytest.mark.anyio

# in the long form longer than the lease of who sends or acts on answers, and than a transaction may stand still
STOPPED_SECONDS = float(os.environ.get("QUINZAINE_CHAOS_STOPPED_SECONDS", "2"))
WITHOUT_LEASE_SECONDS = min(STOPPED_SECONDS, 12.0)
AWAY_SECONDS = float(os.environ.get("QUINZAINE_CHAOS_AWAY_SECONDS", "1"))
RECOVERED_WITHIN = 60.0
# half a second behind each table (tests/infra/test_migrate.py); a busy machine is slower than that by itself
WAITS_FOR_A_MIGRATION = 20.0

Fault = Callable[[], Awaitable[None]]


class Breakage:
    """The faults, each of which is over when its coroutine returns."""

    def __init__(self, running: Everything, database: EmbeddedDatabase, disk: SmallDisk | None) -> None:
        self.running, self.database, self.disk = running, database, disk

    def faults(self) -> dict[str, Fault]:
        """By name, in the order of the tour."""
        running = self.running
        return {
            "a web process is killed": lambda: self.kill(running.webs[0]),
            "relay, workers and the way in are killed": lambda: self.kill(
                running.relay, *running.workers, running.inbound
            ),
            "a web process stands still": lambda: self.stop(running.webs[1], WITHOUT_LEASE_SECONDS),
            "the relay stands still": lambda: self.stop(running.relay, WITHOUT_LEASE_SECONDS),
            "a worker stands still in the middle of a mail": self.stop_a_worker_in_a_mail,
            "the way in stands still": lambda: self.stop(running.inbound, STOPPED_SECONDS),
            "connections are cut": self.cut_connections,
            "PostgreSQL is killed": self.kill_database,
            **({"the disk is full": partial(self.fill_disk, self.disk)} if self.disk else {}),
            "a migration gives each table a column": self.migrate_beside,
            "the mail server says later": lambda: self.be_moody("later"),
            "the mail server hangs up": lambda: self.be_moody("cut"),
            "the mail server is slow": self.be_slow,
        }

    async def kill(self, *processes: Process) -> None:
        """SIGKILL, and something starts them again."""
        await asyncio.gather(*(process.kill() for process in processes))
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.gather(*(process.start() for process in processes))

    async def stop(self, process: Process, seconds: float) -> None:
        """SIGSTOP, and SIGCONT when a lease or a time-out may be over."""
        process.pause()
        await asyncio.sleep(seconds)
        process.wake()

    async def stop_a_worker_in_a_mail(self) -> None:
        """The mails are in the mail server's hands, and the worker does not hear the answer."""
        self.running.sink.slow_seconds = 0.3
        await asyncio.sleep(1)
        self.running.workers[0].pause()
        self.running.sink.slow_seconds = 0
        await asyncio.sleep(STOPPED_SECONDS)
        self.running.workers[0].wake()

    async def cut_connections(self) -> None:
        """All but the one that cuts."""
        for _ in range(3):
            await self.running.pool.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            await asyncio.sleep(0.1)

    async def kill_database(self) -> None:
        """SIGKILL to the postmaster; started again, it heals itself."""
        os.kill(self.database.pid() or 0, signal.SIGKILL)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(self.database.start)

    async def fill_disk(self, disk: SmallDisk) -> None:
        """Until somebody was told 503 for it; then there is room again."""
        refused = self.running.stream.answers[503]
        disk.fill()
        for _ in range(300):
            if self.running.stream.answers[503] > refused:
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the disk was never full")
        await asyncio.sleep(AWAY_SECONDS)
        disk.free()

    async def migrate_beside(self) -> None:
        """The next release's schema under this release's processes: nobody is refused, nobody waits for long."""
        stream, folder = self.running.stream, self.running.folder / "migrations"
        shutil.copytree(FOLDER, folder)
        tables = await self.running.pool.fetch(
            """
            SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
            WHERE schemaname IN ('campaigns', 'notifications', 'contract')
            """
        )
        for number, table in enumerate(tables):
            text = f"ALTER TABLE {table['name']} ADD COLUMN of_the_next text NOT NULL DEFAULT '';"
            (folder / f"9{number:03}_next.sql").write_text(text)
        refused, before, stream.longest = stream.answers[503], stream.longest, 0.0
        assert len(await migrate(self.database.url, folder=folder)) == len(tables) > 50
        await asyncio.sleep(AWAY_SECONDS)
        assert stream.answers[503] == refused
        sys.stderr.write(f"beside the migration nobody waited longer than {stream.longest:.2f} s\n")
        assert stream.longest < WAITS_FOR_A_MIGRATION
        stream.longest = max(stream.longest, before)

    async def be_moody(self, mood: str) -> None:
        """The mail server answers 451, or accepts and hangs up before it says so."""
        sink = self.running.sink
        sink.change_mood(mood)
        await asyncio.wait_for(sink.offered.wait(), 60)
        await asyncio.sleep(AWAY_SECONDS)
        sink.change_mood("accepts")

    async def be_slow(self) -> None:
        """Each mail takes longer than anybody likes."""
        self.running.sink.slow_seconds = AWAY_SECONDS
        await asyncio.sleep(2 * AWAY_SECONDS)
        self.running.sink.slow_seconds = 0


@pytest.fixture
async def on_a_small_disk(open_folder: Path) -> AsyncIterator[tuple[EmbeddedDatabase, SmallDisk | None]]:
    """A server whose disk may be filled, where one can be made for it, and which may be killed."""
    with small_disk(open_folder / "disk", 200) as disk:
        settings = {**FOR_TESTS, "synchronous_commit": "on", "max_wal_size": "48MB", "min_wal_size": "32MB"}
        database = EmbeddedDatabase(open_folder / "disk" / "server", settings)
        await asyncio.to_thread(database.start)
        await migrate(database.url)
        await prepare_broker(database.url)
        yield database, disk
        if disk:
            disk.free()
        await asyncio.to_thread(database.remove)


@pytest.mark.timeout(600)
async def test_each_part_fails_in_turn_and_all_goes_on_by_itself(settings, on_a_small_disk, tmp_path, record_property):
    database, disk = on_a_small_disk
    mine = msgspec.structs.replace(settings, database_url=database.url, broker_url=database.url)
    pool = await open_pool(database.url, size=4)
    async with everything(mine, pool, tmp_path) as running:
        at_rest = await running.stream.recovered()
        took = {}
        for name, fault in Breakage(running, database, disk).faults().items():
            await asyncio.wait_for(fault(), 120)
            took[name] = await running.stream.recovered()
            sys.stderr.write(f"{name}: {took[name]:.1f} s\n")
        await running.stream.stop()
        await running.settled()
        assert await running.stream.hear_declined() > 0
        repeated = await running.stream.check()
        stream, logs = running.stream, running.logs()
    pool.terminate()
    assert max(took.values()) < RECOVERED_WITHIN
    assert "@eleve.example" not in logs
    record_property("recovered after (s)", {name: round(seconds, 1) for name, seconds in took.items()})
    sys.stderr.write(
        f"at rest {at_rest:.1f} s; {len(stream.told)} pupils, longest unanswered {stream.longest:.1f} s, "
        f"asked again {stream.asked_again}, {repeated} mails came twice\n"
    )
