"""What crash tests stand on: a system with 200 pupils in it, on each broker."""

import os
from collections.abc import Iterator
from uuid import uuid4

import msgspec
import pytest

from services.notifications.broker import open_broker
from services.notifications.quorum_broker import QuorumBroker
from shared.settings import Settings


@pytest.fixture
def on_rabbitmq(settings: Settings) -> Iterator[Settings]:
    """The settings with a queue of this test's own on the RabbitMQ of `QUINZAINE_TEST_RABBITMQ_URL`."""
    given = os.environ.get("QUINZAINE_TEST_RABBITMQ_URL")
    if not given:
        pytest.skip("no QUINZAINE_TEST_RABBITMQ_URL")
    broker_url = f"{given}?queue=test_{uuid4().hex}"
    yield msgspec.structs.replace(settings, broker_url=broker_url)
    broker = open_broker(broker_url)
    assert isinstance(broker, QuorumBroker)
    broker.delete_queues()
    broker.close()
