"""A body that does not come in time is given up; a slow line that goes on sending is not."""

import asyncio
from contextlib import suppress

import pytest

from services.campaigns.guarding.slow_body import BYTES_A_SECOND, TooSlow, in_time

pytestmark = pytest.mark.anyio


def sending(*parts: tuple[float, int]):
    """What a server receives of who sends so many bytes after so many seconds, one after the other."""
    left = list(parts)

    async def receive():
        if not left:
            return {"type": "http.disconnect"}
        seconds, size = left.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left)}

    return receive


async def test_who_sends_a_few_bytes_now_and_then_is_given_up():
    receive = in_time(sending(*[(0.02, 1)] * 50), seconds=0.1)
    received = 0
    with suppress(TooSlow):
        while received < 50:
            await receive()
            received += 1
    assert 0 < received < 50


async def test_who_sends_slowly_and_much_is_waited_for():
    receive = in_time(sending(*[(0.03, BYTES_A_SECOND // 20)] * 6), seconds=0.1)
    for _ in range(6):
        await receive()


async def test_after_the_body_one_may_wait_for_the_client_as_long_as_one_likes():
    receive = in_time(sending((0, 1), (0.15, 0)), seconds=0.05)
    assert (await receive())["more_body"]
    with pytest.raises(TooSlow):
        await receive()
    receive = in_time(sending((0, 1)), seconds=0.05)
    await receive()
    await asyncio.sleep(0.1)
    assert (await receive())["type"] == "http.disconnect"
