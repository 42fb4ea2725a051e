"""The mail server refuses: what it takes later is sent later, what it never takes is noted, and the rest goes on."""

import pytest

from tests.stories.story import begin, on_each_broker

pytestmark = [pytest.mark.anyio, on_each_broker]


@pytest.fixture(autouse=True)
def good_again(running):
    """The server is itself again after each story."""
    yield
    running.sink.change_mood("accepts")
    running.sink.unknown.clear()


async def test_what_is_refused_for_now_is_sent_later_once(running):
    story = await begin(running)
    running.sink.change_mood("later")
    await story.register(0)
    await running.sink.offered.wait()
    assert story.mails == []
    running.sink.change_mood("accepts")
    await story.settled()
    (mail,) = story.mails
    assert mail.method == "REQUEST"


async def test_what_is_refused_for_good_is_noted_and_holds_back_nobody(running):
    story = await begin(running)
    running.sink.unknown.add(story.address(1))
    for number in range(4):
        await story.register(number)
    await story.settled()
    assert sorted(mail.recipient for mail in story.mails) == [story.address(number) for number in (0, 2, 3)]
    (failed,) = await running.pool.fetch(
        "SELECT state, answer, attempts FROM notifications.deliveries WHERE recipient_address = $1", story.address(1)
    )
    assert failed["state"] == "failed"
    assert failed["answer"].startswith("550")
    assert failed["attempts"] == 1


async def test_an_answer_that_gets_lost_repeats_the_same_bytes(running):
    story = await begin(running)
    running.sink.change_mood("cut")
    await story.register(0)
    await running.sink.offered.wait()
    running.sink.change_mood("accepts")
    await story.settled()
    assert len(story.mails) >= 2
    assert len({mail.content for mail in story.mails}) == 1
