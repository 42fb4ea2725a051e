"""The local mailbox forgets who is erased, and nobody else."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from infra.mailbox.erase_letters import erase_new_letters, follow_erasures, remove_letters
from infra.mailbox.letters import list_letters
from infra.mailbox.sink import MailboxSink
from services.campaigns.clock import carry_out_erasures
from services.campaigns.edge import Edge
from services.campaigns.privacy.request_erasure import request_erasure
from shared.database import transaction
from tests.services.campaigns.privacy.conftest import MARKS, later, life, post  # noqa: F401  # fixtures

pytestmark = pytest.mark.anyio


def texts(folder):
    return b"".join(path.read_bytes().lower() for path in folder.glob("new/*"))


async def test_letters_go_by_their_message_id(tmp_path):
    async with MailboxSink(tmp_path) as sink:
        for number in range(3):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Message-ID"] = "a@x.example", "b@x.example", f"<{number}@x.example>"
            mail.set_content("Bonjour")
            await aiosmtplib.send(mail, hostname=sink.host, port=sink.port)
    assert remove_letters(tmp_path, ["<1@x.example>", "<7@x.example>"]) == 1
    assert list_letters(tmp_path, limit=10)[1] == 2
    assert remove_letters(tmp_path, ["<1@x.example>"]) == 0


async def test_the_letters_of_who_is_erased_go_and_those_of_others_stay(pool, settings, life, post, tmp_path):  # noqa: F811
    async with MailboxSink(tmp_path) as sink:
        for _, recipient, content in post.sink.mails:
            await aiosmtplib.send(
                content, sender="retour@x.example", recipients=[recipient], hostname=sink.host, port=sink.port
            )
    before = list_letters(tmp_path, limit=100)[1]
    assert any(mark.encode() in texts(tmp_path) for mark in MARKS)
    async with transaction(pool) as connection:
        await request_erasure(connection, pupil_ids=[life.pupil_id], why="asked", now=later(0))
    edge = Edge(settings, pool)
    await carry_out_erasures(edge, now=later(0))
    await carry_out_erasures(edge, now=later(11))
    done: set = set()
    async with pool.acquire() as connection:
        # not before the worker is through with it: a letter may still be on its way
        assert await erase_new_letters(connection, tmp_path, done) == (0, False)
        await post.plan()
        removed, all_done = await erase_new_letters(connection, tmp_path, done)
        assert all_done
        assert await erase_new_letters(connection, tmp_path, done) == (0, True)
    assert not any(mark.encode() in texts(tmp_path) for mark in MARKS)
    assert 0 < list_letters(tmp_path, limit=100)[1] == before - removed


async def test_the_mailbox_follows_until_it_is_told_to_stop(pool, settings, life, post, tmp_path):  # noqa: F811
    async with MailboxSink(tmp_path) as sink:
        mail = next(mail for _, to, mail in post.sink.mails if "marqueterre" in to)
        await aiosmtplib.send(
            mail, sender="a@x.example", recipients=["b@x.example"], hostname=sink.host, port=sink.port
        )
    async with transaction(pool) as connection:
        await request_erasure(connection, pupil_ids=[life.pupil_id], why="asked", now=later(0))
    edge = Edge(settings, pool)
    for minutes in (0, 11):
        await carry_out_erasures(edge, now=later(minutes))
    await post.plan()
    stop = asyncio.Event()
    following = asyncio.create_task(follow_erasures(tmp_path, settings.database_url, stop))
    await asyncio.sleep(1)
    stop.set()
    await asyncio.wait_for(following, timeout=5)
    assert list_letters(tmp_path, limit=10)[1] == 0
