"""RabbitMQ is there and nothing passes: no error, no answer. What was committed meanwhile is told when it is back.

In the long form for longer than its heartbeats last.
"""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest

from infra.doctor.truths import look_at_truths
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.brokers import own_rabbitmq_queue
from tests.chaos.crowd import count_repeated
from tests.chaos.proxy import proxy_to
from tests.chaos.test_a_rolling_upgrade import PUPILS, register_some
from tests.processes import system

pytestmark = pytest.mark.anyio

CUT_SECONDS = 2 + float(os.environ.get("QUINZAINE_CHAOS_STOPPED_SECONDS", "2"))


async def test_what_is_committed_while_the_broker_is_cut_off_is_told_afterwards(
    pool, settings, tmp_path, record_property
):
    with own_rabbitmq_queue() as url:
        parts = urlsplit(url)
        async with proxy_to(parts.port or 5672) as proxy:
            cut_off = url.replace(parts.netloc, f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}")
            mine = msgspec.structs.replace(settings, broker_url=cut_off)
            async with system(mine, pool, tmp_path, with_web=False) as running:
                week = await register_some(running)
                await running.settled()
                proxy.stall()
                async with transaction(pool) as connection:
                    change = SessionChange(place="9 quai Mauquest")
                    await change_session(connection, session_id=week.sessions[0], change=change, now=datetime.now(UTC))
                await asyncio.sleep(CUT_SECONDS)
                told = len(running.sink.mails)
                assert told == PUPILS
                proxy.go_on()
                began = time.monotonic()
                await running.settled(seconds=90)
                took = time.monotonic() - began
                assert len(running.sink.mails) - count_repeated(running.sink.mails) == 2 * PUPILS
    async with pool.acquire() as connection:
        assert [each for each in await look_at_truths(connection) if each.state == "bad"] == []
    record_property("all told after (s)", round(took, 1))
    sys.stderr.write(f"cut off for {CUT_SECONDS:g} s, all told {took:.1f} s after\n")
