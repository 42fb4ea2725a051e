"""The broker as tests see it: a RabbitMQ queue of one's own, what is in a queue, and emptying it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from services.notifications.broker import open_broker
from services.notifications.quorum_broker import QuorumBroker


@contextmanager
def own_rabbitmq_queue() -> Iterator[str]:
    """The URL of a queue that nobody else uses, on the server of `QUINZAINE_TEST_RABBITMQ_URL`; gone afterwards."""
    given = os.environ.get("QUINZAINE_TEST_RABBITMQ_URL")
    if not given:
        pytest.skip("no QUINZAINE_TEST_RABBITMQ_URL")
    url = f"{given}?queue=test_{uuid4().hex}"
    yield url
    with _rabbitmq(url) as broker:
        broker.delete_queues()


def count_rung(broker_url: str) -> int:
    """How many messages wait in the queue; 0 while nobody has made it."""
    if broker_url.startswith("amqp"):
        with _rabbitmq(broker_url) as broker:
            return sum(int(broker.get_queue_message_counts(queue)[0]) for queue in broker.get_declared_queues())
    with psycopg.connect(broker_url) as connection:
        (made,) = connection.execute("SELECT to_regclass('dramatiq.queue') IS NOT NULL").fetchone() or (False,)
        if not made:
            return 0
        (count,) = connection.execute("SELECT count(*) FROM dramatiq.queue WHERE state = 'queued'").fetchone() or (0,)
        return int(count)


def empty_queue(broker_url: str) -> None:
    """Everything that was rung is forgotten."""
    if broker_url.startswith("amqp"):
        with _rabbitmq(broker_url) as broker:
            broker.flush_all()
        return
    with psycopg.connect(broker_url) as connection:
        connection.execute("DELETE FROM dramatiq.queue")


@contextmanager
def _rabbitmq(url: str) -> Iterator[QuorumBroker]:
    broker = open_broker(url)
    assert isinstance(broker, QuorumBroker)
    try:
        yield broker
    finally:
        broker.close()
