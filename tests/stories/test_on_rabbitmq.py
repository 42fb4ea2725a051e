"""The same mail path with RabbitMQ between the relay and the worker."""

import msgspec
import pytest

from tests.brokers import own_rabbitmq_queue
from tests.processes import system
from tests.stories.calendars import days_of
from tests.stories.story import begin

pytestmark = pytest.mark.anyio


async def test_a_week_fills_changes_and_ends(settings, pool, tmp_path):
    with own_rabbitmq_queue() as broker_url:
        async with system(msgspec.structs.replace(settings, broker_url=broker_url), pool, tmp_path) as running:
            story = await begin(running, seats=2)
            leaving, _, _ = [await story.register(number) for number in range(3)]
            await story.settled()
            assert [len(days_of(story.to(number))) for number in range(3)] == [5, 5, 0]
            await story.answer(leaving["token"], "withdrawal")
            await story.settled()
            assert [len(days_of(story.to(number))) for number in range(3)] == [0, 5, 5]
            await story.change_session(story.week.sessions[2], host_id=str(story.week.hosts[1]))
            await story.settled()
            assert [len(story.to(number)) for number in range(3)] == [2, 2, 3]
            await story.cancel_offer()
            await story.settled()
            assert [len(days_of(story.to(number))) for number in range(3)] == [0, 0, 0]
