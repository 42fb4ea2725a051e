"""What crash tests stand on: settings on each broker, and a server that may be crashed."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase
from infra.migrate import migrate
from shared.settings import Settings
from tests.brokers import own_rabbitmq_queue

# a cluster of three takes too long to start for every run of the tests
collect_ignore = [] if os.environ.get("QUINZAINE_CHAOS_CLUSTER") else ["test_a_node_of_rabbitmq_dies.py"]


@pytest.fixture(params=["postgresql", "rabbitmq"])
def on_each_broker(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """Settings with the queue in the database, and with one on RabbitMQ."""
    if request.param == "postgresql":
        yield settings
        return
    with own_rabbitmq_queue() as broker_url:
        yield msgspec.structs.replace(settings, broker_url=broker_url)


@pytest.fixture
async def own_server(open_folder: Path) -> AsyncIterator[EmbeddedDatabase]:
    """A migrated server that may be crashed; what it says is committed is written."""
    database = EmbeddedDatabase(open_folder / "server", {**FOR_TESTS, "synchronous_commit": "on"})
    await asyncio.to_thread(database.start)
    await migrate(database.url)
    yield database
    await asyncio.to_thread(database.remove)
