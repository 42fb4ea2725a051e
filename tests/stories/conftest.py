"""Stories are played on a running system: real processes, a real database, a real mail server, started once."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from infra.doctor.truths import look_at_truths
from shared.database import open_pool
from shared.settings import read_settings
from tests.brokers import own_rabbitmq_queue
from tests.browser import Site
from tests.conftest import with_database
from tests.logs import NOBODY, check_logs_of, check_text
from tests.processes import System, system


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A story is played with PostgreSQL as its broker, unless it asks for each of them (`on_each_broker`)."""
    asked = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "running" in metafunc.fixturenames and "running" not in asked:
        metafunc.parametrize("running", ["postgresql"], indirect=True, scope="session")


@pytest.fixture(scope="session")
async def running(
    request: pytest.FixtureRequest, server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """Web, relay, worker and mailbox on a database of their own, with the broker that the parameter names.

    Changes within a second become one mail.
    """
    with ExitStack() as given:
        broker_url = given.enter_context(own_rabbitmq_queue()) if request.param == "rabbitmq" else None
        async for running in _running(server_url, template, tmp_path_factory, broker_url):
            yield running


@pytest.fixture
def site(standing_site: Site, running: System) -> Site:  # noqa: ARG001  # a browser looks at the running system
    """Nothing of this process: who opens a page in a story opens it at the running system's own address."""
    return standing_site


async def _running(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory, broker_url: str | None
) -> AsyncIterator[System]:
    name = f"stories_{uuid4().hex}"
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    database_url = with_database(server_url, name)
    pool = await open_pool(database_url, size=4)
    settings = read_settings(
        {
            "QUINZAINE_DATABASE_URL": database_url,
            "QUINZAINE_BROKER_URL": broker_url or database_url,
            "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-histoires",
            "QUINZAINE_COALESCING_SECONDS": "1",
            "QUINZAINE_QUIET_HOURS": "off",
        }
    )
    async with system(
        msgspec.structs.replace(settings, log_level="info"), pool, tmp_path_factory.mktemp("s")
    ) as running:
        yield running
        async with pool.acquire() as stories:
            untrue = [finding for finding in await look_at_truths(stories) if finding.state == "bad"]
        logs = running.logs()
    pool.terminate()
    await check_logs_of(database_url)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()
    assert untrue == []
    check_logs(logs)


def check_logs(logs: str) -> None:
    """No surprise, and no word about who anybody is."""
    check_text(logs, ("Traceback", "Warning", *NOBODY))
