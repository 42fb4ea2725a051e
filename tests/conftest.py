"""One PostgreSQL for the whole run, a template migrated once, a clone of it for each test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
import pytest
from filelock import FileLock

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import migrate
from shared.database import Pool, open_pool
from shared.settings import Settings, read_settings
from tests.browser import chromium, open_page, site, standing_site
from tests.logs import check_logs_of

# a browser for each worker, and the site it looks at
__all__ = ["chromium", "open_page", "site", "standing_site"]

MEMORY = Path("/dev/shm")
ROOM_FOR_CLUSTER = 2 << 30
CLUSTER_PREFIX = "quinzaine-test-server-"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skip is a failure: nothing hides behind what is missing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself while it is read."""
    report = yield
    if report.skipped:
        _fail_in_ci(report)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("QUINZAINE_CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"In CI nothing may be skipped: {reason}"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The maintenance database of the server that tests use: `QUINZAINE_TEST_DATABASE_URL`, or an embedded one."""
    given = os.environ.get("QUINZAINE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # workers of one run share the folder above their own
    run = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with FileLock(run / "server.lock"):
        folder = _cluster_of(run)
        (folder / f"user-{os.getpid()}").touch()
        database = EmbeddedDatabase(folder / "cluster", FOR_TESTS)
        database.start()
    yield database.url
    with FileLock(run / "server.lock"):
        (folder / f"user-{os.getpid()}").unlink()
        if not _is_used(folder):
            _remove_cluster(folder)


def _cluster_of(run: Path) -> Path:
    """Where the cluster of this run lives: in memory where there is room, where making a database is four times faster.

    Not under pytest's folders, which only their owner may enter. Clusters of runs that were killed are removed.
    """
    mark = run / "cluster"
    if not mark.exists():
        roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_FOR_CLUSTER
        parent = MEMORY if roomy else Path(tempfile.gettempdir())
        for left in parent.glob(f"{CLUSTER_PREFIX}*"):
            if left.stat().st_uid == os.getuid() and not _is_used(left):
                _remove_cluster(left)
        folder = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=parent))
        (folder / f"user-{os.getpid()}").touch()
        folder.chmod(0o755)
        mark.write_text(str(folder))
    folder = Path(mark.read_text())
    folder.mkdir(exist_ok=True)
    return folder


def _is_used(folder: Path) -> bool:
    users = [int(user.name.removeprefix("user-")) for user in folder.glob("user-*")]
    # a folder that another run has made a moment ago has no user yet
    return any(psutil.pid_exists(user) for user in users) or (not users and not (folder / "cluster").exists())


def _remove_cluster(folder: Path) -> None:
    EmbeddedDatabase(folder / "cluster").remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server_url: str, worker_id: str) -> Iterator[str]:
    """The name of this worker's migrated template database."""
    name = f"template_{worker_id}_{uuid4().hex[:8]}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    asyncio.run(migrate(with_database(server_url, name)))
    yield name
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def quickest_copy(server_url: str) -> str:
    """How a database is cloned: where nothing waits for a disk, copying files takes half as long as logging them."""
    return "FILE_COPY" if asyncio.run(_fetch(server_url, "SHOW fsync")) == "off" else "WAL_LOG"


@pytest.fixture
def database_url(server_url: str, template: str, quickest_copy: str) -> Iterator[str]:
    """A fresh clone of the migrated template."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {quickest_copy}"))
    url = with_database(server_url, name)
    yield url
    try:
        asyncio.run(check_logs_of(url))
    finally:
        asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url, size=8)
    yield pool
    pool.terminate()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account may enter: each run of pytest closes those of all its runs to others."""
    with tempfile.TemporaryDirectory(prefix="quinzaine-open-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return read_settings(
        {
            "QUINZAINE_DATABASE_URL": database_url,
            "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests",
            "QUINZAINE_COALESCING_SECONDS": "0",
            "QUINZAINE_QUIET_HOURS": "off",
            "QUINZAINE_BASE_URL": "http://quinzaine.example",
            "QUINZAINE_LIMITS": "off",
        }
    )


def with_database(server_url: str, name: str) -> str:
    """The URL of another database of the same server."""
    before, separator, query = server_url.partition("?")
    return before.rsplit("/", 1)[0] + "/" + name + separator + query


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _fetch(url: str, query: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        found: str = await connection.fetchval(query)
    finally:
        await connection.close()
    return found
