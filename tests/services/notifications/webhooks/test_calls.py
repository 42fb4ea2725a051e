"""Webhooks: each fact once in effect, signed, tried again, never to a private address, and one holds up no other."""

import asyncio
import base64
import json
import socket
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from standardwebhooks import Webhook as Verifier

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.notifications.plan_events import plan_events
from services.notifications.webhooks import post_call as posting
from services.notifications.webhooks.call import TRIED_AGAIN_AFTER
from services.notifications.webhooks.caller import Caller
from services.notifications.webhooks.post_call import NotCalled, find_address, is_public, post_call
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.notifications.webhooks.receiver import open_receiver
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
async def receiver():
    async with open_receiver() as receiver:
        yield receiver


@pytest.fixture
async def caller(settings, pool):
    return Caller(msgspec.structs.replace(settings, private_webhooks=True), pool)


async def a_webhook(connection, week, url, kinds=("registration", "session", "offer")):
    webhook_id = new_id()
    await connection.execute(
        "INSERT INTO contract.webhooks (id, organisation_id, url, kinds, created_at) VALUES ($1, $2, $3, $4, now())",
        webhook_id,
        week.organisation_id,
        url,
        list(kinds),
    )
    return webhook_id


async def plan_all(pool, settings):
    async with transaction(pool) as connection:
        rows = await connection.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL")
        await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))


async def call_all(caller):
    """Until nothing is due."""
    while tasks := await caller.call_due():
        await asyncio.gather(*tasks)


async def register(pool, week, number=1):
    async with transaction(pool) as connection:
        (registered,) = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=datetime.now(UTC),
        )
    return registered


@pytest.fixture
async def week(pool):
    async with transaction(pool) as connection:
        return await a_week(connection)


async def test_a_seat_and_its_end_are_told_signed_and_without_a_name(pool, settings, week, receiver, caller):
    async with transaction(pool) as connection:
        webhook_id = await a_webhook(connection, week, receiver.url)
        await a_webhook(connection, week, receiver.url, kinds=("session",))
    registered = await register(pool, week)
    await plan_all(pool, settings)
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=registered.id, now=datetime.now(UTC))
    await plan_all(pool, settings)
    await plan_all(pool, settings)
    await call_all(caller)
    assert [json.loads(told.body)["type"] for told in receiver.told] == [
        "registration.confirmed",
        "registration.withdrawn",
    ]
    secret = base64.b64encode(Signer(settings.secret_keys).webhook_secrets(webhook_id, 1)[0]).decode()
    for told in receiver.told:
        assert Verifier(secret).verify(told.body, told.headers)["data"]["registration_id"] == str(registered.id)
        assert told.path == "/quinzaine?from=here"
        assert b"Camille" not in told.body
        assert b"pupil" not in told.body
    assert {row["state"] for row in await pool.fetch("SELECT state FROM contract.calls")} == {"answered"}


async def test_what_is_not_taken_comes_again_with_the_same_id_and_bytes_and_is_given_up_in_the_end(
    pool, settings, week, receiver, caller
):
    async with transaction(pool) as connection:
        await a_webhook(connection, week, receiver.url)
    await register(pool, week)
    await plan_all(pool, settings)
    receiver.answers = [b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nbusy"]
    for attempt in range(len(TRIED_AGAIN_AFTER) + 1):
        await call_all(caller)
        call = await pool.fetchrow("SELECT * FROM contract.calls")
        assert (call["attempts"], call["status"], call["answer"]) == (attempt + 1, 500, "busy")
        await pool.execute("UPDATE notifications.calls SET due_at = now() WHERE state = 'due'")
    assert call["state"] == "failed"
    assert len(receiver.told) == len(TRIED_AGAIN_AFTER) + 1
    assert len({(told.body, told.headers["webhook-id"]) for told in receiver.told}) == 1
    # a person makes it again, once it is mended
    receiver.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
    await pool.execute(
        "INSERT INTO contract.call_requests (id, webhook_id, event_id, asked_at) VALUES ($1, $2, $3, now())",
        new_id(),
        call["webhook_id"],
        call["event_id"],
    )
    await call_all(caller)
    assert (await pool.fetchval("SELECT state FROM contract.calls")) == "answered"
    assert receiver.told[-1].headers["webhook-id"] == receiver.told[0].headers["webhook-id"]


async def test_who_is_killed_in_the_middle_leaves_a_call_that_is_due_again(pool, settings, week, receiver, caller):
    async with transaction(pool) as connection:
        await a_webhook(connection, week, receiver.url)
    await register(pool, week)
    await plan_all(pool, settings)
    receiver.silent = True
    (task,) = await caller.call_due()
    await asyncio.wait_for(receiver.heard.wait(), timeout=10)
    task.cancel()
    receiver.silent = False
    assert await Caller(msgspec.structs.replace(settings, private_webhooks=True), pool).call_due() == []
    await pool.execute("UPDATE notifications.calls SET due_at = due_at - interval '2 minutes'")
    await call_all(Caller(msgspec.structs.replace(settings, private_webhooks=True), pool))
    assert await pool.fetchval("SELECT state FROM contract.calls") == "answered"
    assert receiver.told[0].headers["webhook-id"] == receiver.told[1].headers["webhook-id"]


async def test_two_callers_at_once_make_each_call_once(pool, settings, week, receiver, caller):
    async with transaction(pool) as connection:
        await a_webhook(connection, week, receiver.url)
    for number in range(6):
        await register(pool, week, number)
    await plan_all(pool, settings)
    other = Caller(msgspec.structs.replace(settings, private_webhooks=True), pool)
    await asyncio.gather(call_all(caller), call_all(other))
    await call_all(caller)
    assert len({told.headers["webhook-id"] for told in receiver.told}) == len(receiver.told) == 6


async def test_a_silent_address_holds_up_no_other(pool, settings, week, receiver, caller, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    async with open_receiver() as silent:
        silent.silent = True
        async with transaction(pool) as connection:
            slow = await a_webhook(connection, week, silent.url)
            await a_webhook(connection, week, receiver.url)
        await register(pool, week)
        await plan_all(pool, settings)
        tasks = await caller.call_due()
        assert len(tasks) == 2
        await asyncio.gather(*tasks)
    assert len(receiver.told) == 1
    call = await pool.fetchrow("SELECT * FROM contract.calls WHERE webhook_id = $1", slow)
    assert (call["state"], call["status"]) == ("due", None)
    assert "no answer" in call["answer"]


async def test_an_address_that_is_gone_is_called_no_more(pool, settings, week, receiver, caller):
    async with transaction(pool) as connection:
        await a_webhook(connection, week, receiver.url)
    receiver.answers = [b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"]
    for number in range(2):
        await register(pool, week, number)
    await plan_all(pool, settings)
    await call_all(caller)
    assert len(receiver.told) == 1
    assert await pool.fetchval("SELECT paused_at IS NOT NULL FROM contract.webhooks")


async def test_a_redirection_is_not_followed_and_a_flood_is_not_read(receiver):
    receiver.answers = [b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"]
    answer = await post_call(receiver.url, b"{}", {}, private=True)
    assert (answer.status, answer.words, answer.meaning) == (302, "redirections are not followed", "later")
    assert len(receiver.told) == 1
    receiver.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 5_000_000]
    answer = await asyncio.wait_for(post_call(receiver.url, b"{}", {}, private=True), timeout=10)
    assert answer.meaning == "answered"
    assert len(answer.words) <= 300


async def test_a_private_address_is_not_called_whatever_it_is_called(receiver):
    port = receiver.url.split(":")[2].split("/")[0]
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "0.0.0.0"):  # noqa: S104  # called, not listened on
        answer = await post_call(f"https://{host}:{port}/", b"{}", {}, private=False)
        assert answer.status is None, host
        assert answer.words in ("private addresses are not called", "this name leads nowhere"), (host, answer.words)
    assert receiver.told == []
    with pytest.raises(NotCalled, match="only https"):
        await find_address("http://93.184.215.14/", private=False)


async def test_a_name_that_its_own_servers_answer_nothing_for_is_given_up_like_any_other(
    pool, settings, week, caller, monkeypatch
):
    async def fails(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    await a_webhook(pool, week, "http://perdu.example/")
    await register(pool, week)
    await plan_all(pool, settings)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
    await call_all(caller)
    assert await pool.fetchval("SELECT attempts FROM notifications.calls") == 0, "it may be our own resolver"
    await pool.execute("UPDATE contract.events SET occurred_at = occurred_at - interval '2 days'")
    states = []
    for _ in range(len(TRIED_AGAIN_AFTER) + 1):
        await pool.execute("UPDATE notifications.calls SET due_at = now() WHERE state = 'due'")
        await asyncio.gather(*await caller.call_due())
        states.append(await pool.fetchval("SELECT state FROM notifications.calls"))
    assert states[-2:] == ["due", "failed"]


async def test_a_name_is_looked_up_once_and_the_call_goes_where_it_led(receiver, monkeypatch):
    port = receiver.url.split(":")[2].split("/")[0]
    asked = []

    def lies(host, *rest, **others):
        """Of a name: the judged address first, another one ever after."""
        if host == "rebinding.example":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return looked_up(host, *rest, **others)

    looked_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lies)
    answer = await post_call(f"http://rebinding.example:{port}/", b"{}", {}, private=True)
    assert answer.meaning == "answered"
    assert asked == ["rebinding.example"]
    assert receiver.told[0].headers["host"] == f"rebinding.example:{port}"


async def test_a_name_of_which_one_address_is_private_is_not_called(receiver, monkeypatch):
    def both(*_, **__):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(NotCalled, match="private"):
        await find_address("https://both.example/", private=False)
    assert receiver.told == []


async def test_an_answer_that_drips_is_not_waited_for(receiver, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    receiver.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 10]
    receiver.drips = True
    answer = await asyncio.wait_for(post_call(receiver.url, b"{}", {}, private=True), timeout=5)
    assert (answer.status, answer.words) == (None, "no answer within 0 s")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_what_is_on_the_internet_is_known(address, public):
    assert is_public(address) is public


def test_a_call_is_tried_for_three_days():
    assert timedelta(days=2) < sum(TRIED_AGAIN_AFTER, timedelta()) < timedelta(days=4)
