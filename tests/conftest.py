"""One PostgreSQL for the whole run, a template migrated once, a clone of it for each test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from filelock import FileLock

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import migrate
from shared.database import Pool, open_pool
from shared.settings import Settings, read_settings


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """In CI a skip is a failure: nothing hides behind what is missing."""
    if (
        call.excinfo is not None
        and call.excinfo.errisinstance(pytest.skip.Exception)
        and os.environ.get("QUINZAINE_CI")
    ):
        pytest.fail(f"skipped in CI: {item.nodeid}: {call.excinfo.value}", pytrace=False)


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
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    database = EmbeddedDatabase(_folder_of_run(shared), FOR_TESTS)
    count = shared / "users-of-the-server"
    with FileLock(shared / "server.lock"):
        database.start()
        count.write_text(str(int(count.read_text()) + 1 if count.exists() else 1))
    yield database.url
    with FileLock(shared / "server.lock"):
        left = int(count.read_text()) - 1
        count.write_text(str(left))
        if left == 0:
            database.remove()


def _folder_of_run(shared: Path) -> Path:
    """Where the cluster of this run lives: not under pytest's folders, which only their owner may enter."""
    mark = shared / "cluster"
    with FileLock(shared / "cluster.lock"):
        if not mark.exists():
            folder = Path(tempfile.mkdtemp(prefix="quinzaine-tests-"))
            folder.chmod(0o755)
            mark.write_text(str(folder))
    return Path(mark.read_text())


@pytest.fixture(scope="session")
def template(server_url: str, worker_id: str) -> Iterator[str]:
    """The name of this worker's migrated template database."""
    name = f"template_{worker_id}_{uuid4().hex[:8]}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    asyncio.run(migrate(with_database(server_url, name)))
    yield name
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """A fresh clone of the migrated template."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield with_database(server_url, name)
    asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url, size=8)
    yield pool
    pool.terminate()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return read_settings(
        {
            "QUINZAINE_DATABASE_URL": database_url,
            "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests",
            "QUINZAINE_COALESCING_SECONDS": "0",
            "QUINZAINE_BASE_URL": "http://quinzaine.example",
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
