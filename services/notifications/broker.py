"""The broker: it carries ids and may lose them all; the tables are the truth and the relay rings again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import dramatiq
import psycopg
from dramatiq.broker import Broker
from dramatiq.message import Message
from dramatiq_postgres import PostgresBroker, init
from dramatiq_postgres.broker import QUERIES
from dramatiq_postgres.utils import tidy4json
from psycopg.types.json import Json
from psycopg_pool import ConnectionPool, PoolTimeout

from shared import clock
from shared.broker_url import split_nodes

Errand = Literal["plan", "send_urgent", "send"]

QUEUE = "quinzaine"
# what somebody waits for has a queue, threads and a connection of its own: thousands of other mails are not before it
URGENT = "urgent"
# a worker that finds an older ring drops it: whatever is still to do has been rung again since
STALE_AFTER_SECONDS = 60.0
_PRIORITIES: dict[Errand, int] = {"plan": 0, "send_urgent": 0, "send": 10}


class RingingFailed(Exception):
    """The broker could not be reached; the ids will be rung again."""


class TableBroker(PostgresBroker):  # type: ignore[misc]  # the package carries no types
    """dramatiq-postgres that says at once when the database is away, where the package would wait minutes."""

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Write the message for its queue; `delay` is not used by this product."""
        self.emit_before("enqueue", message, delay)
        with self.pool.connection(timeout=5) as connection:
            connection.execute(
                QUERIES.ENQUEUE, (message.queue_name, message.message_id, Json(tidy4json(message)), delay or 0)
            )
        self.emit_after("enqueue", message, delay)
        return message


class _WithoutDelays(set[str]):
    """The delay queues of a broker that is never asked to wait (retries are rows with a due time): none is consumed."""

    def add(self, _: str) -> None:
        pass


def open_broker(broker_url: str) -> Broker:
    """The broker behind a URL: postgresql://, amqp(s):// or redis://; connections are opened when first needed.

    `?queue=name` in the URL of RabbitMQ or Redis names the queue, where several installations share one broker. The
    nodes of one RabbitMQ are named one after the other, with `;` between their URLs.
    """
    nodes = [_split_queue(each) for each in split_nodes(broker_url)]
    url, queue = nodes[0][0], next((named for _, named in nodes if named), QUEUE)
    scheme = urlsplit(url).scheme
    broker: Broker
    if scheme in ("postgresql", "postgres"):
        pool = ConnectionPool(
            url, min_size=0, max_size=6, open=True, num_workers=1, timeout=10, max_idle=60,
            check=ConnectionPool.check_connection, kwargs={"application_name": "quinzaine-broker"},
        )  # fmt: skip
        broker = TableBroker(
            pool=pool, results=False, poll_interval=0.5, maintenance_interval=60, purge_maxage="1 day", middleware=[]
        )
    elif scheme in ("amqp", "amqps"):
        # only who chooses RabbitMQ loads its client
        from services.notifications.quorum_broker import QuorumBroker, impatient

        broker = QuorumBroker(url=[impatient(node) for node, _ in nodes], confirm_delivery=True, middleware=[])
    else:
        from dramatiq.brokers.redis import RedisBroker  # only who chooses Redis needs its client

        broker = RedisBroker(url=url, middleware=[])  # type: ignore[no-untyped-call]
    broker.delay_queues = _WithoutDelays()
    broker.declare_queue(queue)
    broker.declare_queue(f"{queue}-{URGENT}")
    return broker


def queue_of(broker: Broker, errand: Errand) -> str:
    """The queue an errand is rung in: `plan` and `send_urgent` share one, in which nothing waits for long."""
    plain, urgent = sorted(broker.get_declared_queues(), key=len)
    return plain if errand == "send" else urgent


def install_broker(broker_url: str) -> None:
    """Make the tables of dramatiq-postgres where they are missing; other brokers make their queues themselves."""
    if urlsplit(broker_url).scheme not in ("postgresql", "postgres"):
        return
    with psycopg.connect(broker_url, connect_timeout=5) as connection, connection.cursor() as cursor:
        init(cursor)


def ring(broker: Broker, errand: Errand, ids: Sequence[UUID]) -> None:
    """Ask a worker to plan these events or to send these deliveries. Blocks; raises `RingingFailed`."""
    message: Message[Any] = Message(
        queue_name=queue_of(broker, errand),
        actor_name=errand,
        args=([str(each) for each in ids], clock.now().timestamp()),
        kwargs={},
        options={},
    )
    try:
        broker.enqueue(message)
    except (dramatiq.errors.BrokerError, psycopg.Error, PoolTimeout, OSError) as error:
        raise RingingFailed(type(error).__name__) from error


def declare_errands(
    broker: Broker,
    loop: asyncio.AbstractEventLoop,
    errands: dict[Errand, Callable[[list[UUID]], Awaitable[None]]],
) -> None:
    """Let this process run errands: dramatiq's threads hand the ids to coroutines of `loop` and wait for them."""
    for name, errand in errands.items():
        dramatiq.Actor(
            _on_loop(errand, loop),
            broker=broker,
            actor_name=name,
            queue_name=queue_of(broker, name),
            priority=_PRIORITIES[name],
            options={},
        )


def _on_loop(
    errand: Callable[[list[UUID]], Awaitable[None]], loop: asyncio.AbstractEventLoop
) -> Callable[[list[str], float], None]:
    async def run(ids: list[UUID]) -> None:
        await errand(ids)

    def act(ids: list[str], rung_at: float) -> None:
        if clock.now().timestamp() - rung_at < STALE_AFTER_SECONDS:
            asyncio.run_coroutine_threadsafe(run([UUID(each) for each in ids]), loop).result()

    return act


def _split_queue(url: str) -> tuple[str, str]:
    """The URL without the queue's name, and that name; empty where it names none."""
    parts = urlsplit(url)
    if parts.scheme in ("postgresql", "postgres"):
        return url, ""
    given = parse_qsl(parts.query)
    queue = dict(given).get("queue", "")
    rest = urlencode([(name, value) for name, value in given if name != "queue"])
    return urlunsplit(parts._replace(query=rest)), queue
