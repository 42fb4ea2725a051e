"""A RabbitMQ of three nodes loses the one that everybody talks to while mails are on their way: nothing is lost.

Three nodes take half a minute to start: it is part of `make chaos` (conftest.py).
"""

import asyncio
import sys
import time

import msgspec
import pytest

from services.notifications.broker import open_broker
from services.notifications.quorum_broker import QuorumBroker
from tests.chaos.crowd import gather_crowd
from tests.chaos.rabbitmq_nodes import three_nodes
from tests.chaos.test_nothing_is_lost import has_accepted, until
from tests.processes import system

pytestmark = pytest.mark.anyio


@pytest.mark.timeout(300)
async def test_the_node_that_everybody_talks_to_is_killed(pool, settings, open_folder, tmp_path, record_property):
    async with three_nodes(open_folder) as cluster:
        await asyncio.to_thread(declare, cluster.url_of(0))
        await asyncio.to_thread(declare, cluster.url_of(2), passive=True)
        mine = msgspec.structs.replace(settings, broker_url=cluster.url)
        async with system(mine, pool, tmp_path, with_web=False) as running:
            crowd = await gather_crowd(running)
            await crowd.register()
            await until(lambda: has_accepted(running, 30))
            cluster.nodes[0].kill()
            killed, before = time.monotonic(), len(running.sink.mails)
            # the queues live on where they were copied
            await asyncio.to_thread(declare, cluster.url_of(1), passive=True)
            await crowd.move_tuesday()
            await until(lambda: has_accepted(running, before + 20))
            took = time.monotonic() - killed
            # who starts while the node is away finds the queues, too
            await running.crash()
            await running.start()
            await crowd.withdraw(20)
            await running.settled(seconds=90)
            repeated = await crowd.check_the_truth()
    sys.stderr.write(f"mails went on {took:.1f} s after the node was killed, {repeated} came twice\n")
    record_property("mails went on after (s)", round(took, 1))


def declare(url: str, *, passive: bool = False) -> None:
    """Make the queues through a node, or see that it knows them."""
    broker = open_broker(url)
    assert isinstance(broker, QuorumBroker)
    try:
        for queue in broker.get_declared_queues():
            if passive:
                broker.channel.queue_declare(queue, passive=True)
            else:
                broker.declare_queue(queue, ensure=True)
    finally:
        broker.close()
