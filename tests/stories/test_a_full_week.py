"""A week fills up: fifteen pupils have a seat, five wait, and each is told once."""

import pytest

from tests.stories.acting import address_of, publish_a_week, register

pytestmark = pytest.mark.anyio


async def test_fifteen_are_invited_and_five_are_told_their_place(running):
    week = await publish_a_week(running)
    answers = [await register(running, week, number) for number in range(20)]
    await running.settled()
    assert len(running.sink.mails) == 20
    for number, answer in enumerate(answers):
        (mail,) = running.sink.to(address_of(number))
        if number < 15:
            assert (answer["status"], mail.method) == ("confirmed", "REQUEST")
        else:
            assert (answer["status"], answer["position"]) == ("waiting", number - 14)
            assert mail.invitation is None
            assert mail.file is None
