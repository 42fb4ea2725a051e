"""With a real Postfix in front: answers reach the seat, strangers are refused at the door, nothing is lost."""

import asyncio

import pytest

from services.notifications.inbound.server import Door, Reception
from tests.infra.postfix.front import postfix, postfix_in_front
from tests.services.notifications.inbound.conftest import way_back as way_back
from tests.services.notifications.inbound.replies import letter, reply
from tests.services.notifications.inbound.test_note_bounce import report, shut
from tests.services.notifications.inbound.test_note_complaint import complaint, unwanted

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(postfix() is None, reason="Postfix is not installed, or this is not root"),
]


async def until(question, *, seconds: float = 120) -> None:
    """Wait for what a mail server does a moment later."""
    for _ in range(int(seconds / 0.1)):
        if await question():
            return
        await asyncio.sleep(0.1)
    pytest.fail("it did not happen")


async def test_postfix_passes_answers_and_bounces_on_and_keeps_them_while_the_product_is_away(way_back, open_folder):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    sender, address, _ = way_back.sink.mails[0]

    async def leaving():
        return await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings")

    async with postfix_in_front(open_folder, inbound_port=way_back.door.port) as port:
        said = await way_back.send(invited.organizer, reply(invited, "DECLINED"), port=port)
        assert said.startswith("250 2.0.0 Ok: queued"), said
        await until(leaving)
        said = await way_back.send(sender, report(sender, address), sender="", port=port)
        assert said.startswith("250"), said

        async def is_shut():
            return await shut(way_back) == [(address, "bounce 5.1.1")]

        await until(is_shut)

        # a provider's complaint comes to an address that is nobody's token
        said = await way_back.send("plaintes@quinzaine.example", complaint(sender), sender="", port=port)
        assert said.startswith("250"), said

        async def is_heard():
            return await unwanted(way_back)

        await until(is_heard)

        # who it stands for is asked of the product while the sender waits
        local, _, domain = invited.organizer.partition("@")
        mail = letter(invited, "Bonjour")
        assert (await way_back.send(f"{local[:-1]}@{domain}", mail, port=port)).startswith("550 5.1.1")
        assert (await way_back.send("planificatrice@federation.example", mail, port=port)).startswith("554 5.7.1")

        # the product is away: the mail waits in Postfix's queue, and comes when it is back
        before = await way_back.pool.fetchval("SELECT count(*) FROM notifications.answers")
        await way_back.door.__aexit__(None, None, None)
        assert (await way_back.send(invited.organizer, mail, port=port)).startswith("250")
        await asyncio.sleep(2)
        assert await way_back.pool.fetchval("SELECT count(*) FROM notifications.answers") == before
        reception = Reception(way_back.settings, way_back.pool, way_back.answers)
        async with Door(reception, host="127.0.0.1", port=way_back.door.port, hostname="quinzaine.example"):

            async def came():
                return await way_back.pool.fetchval("SELECT count(*) FROM notifications.answers") == before + 1

            await until(came)
