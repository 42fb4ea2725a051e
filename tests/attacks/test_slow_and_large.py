"""Who holds connections, sends slowly or too much costs one connection, and nobody else notices."""

import asyncio
import gzip
from contextlib import suppress
from time import monotonic
from uuid import uuid4

import httpx
import pytest

from tests.processes import web
from tests.services.campaigns.guarding.test_guard import pupil_as_json
from tests.world import a_week

pytestmark = pytest.mark.anyio

IDLE = 2_000
GIVEN_UP_WITHIN = 28


async def given_up(port: int, first: bytes, drop: bytes = b"") -> tuple[float, bytes]:
    """How many seconds a connection is held that sends `first`, then `drop` each second; and what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, said = monotonic(), b""
    with suppress(ConnectionError):
        writer.write(first)
        while monotonic() - began < GIVEN_UP_WITHIN + 5:
            with suppress(TimeoutError):
                told = await asyncio.wait_for(reader.read(65536), timeout=1)
                if not told:
                    break
                said += told
            writer.write(drop)
            await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return monotonic() - began, said


SLOW_BODY = b"\r\n".join(
    (
        b"POST /connexion HTTP/1.1",
        b"Host: x",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: 4000",
        b"",
        b"email=",
    )
)
# what is sent at once, and what each second after
SLOWLY = ((b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"), (SLOW_BODY, b"a"), (b"", b""))


async def test_thousands_of_idle_connections_and_slow_clients_keep_no_pupil_out(pool, settings, tmp_path):
    week = await a_week(pool, seats=15)
    async with web(settings, tmp_path) as (url,), httpx.AsyncClient(timeout=20) as client:
        port = int(url.rpartition(":")[2])
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(IDLE)]
        slow = [asyncio.create_task(given_up(port, *sent)) for sent in SLOWLY]
        took = []
        for number in range(1, 6):
            began = monotonic()
            answer = await client.post(
                f"{url}/api/v1/offers/{week.offer_id}/registrations",
                json=pupil_as_json(number),
                headers={"Idempotency-Key": str(uuid4())},
            )
            took.append(monotonic() - began)
            assert answer.status_code == 201
        assert sorted(took)[2] < 1, took
        (head, _), (body, said), (silent, _) = await asyncio.gather(*slow)
        assert max(head, body, silent) < GIVEN_UP_WITHIN
        assert said.startswith(b"HTTP/1.1 408")
        for _, writer in idle:
            writer.close()
        await asyncio.gather(*[writer.wait_closed() for _, writer in idle], return_exceptions=True)
        assert "Traceback" not in (tmp_path / "web0.log").read_text()


async def test_a_head_of_a_megabyte_is_refused_and_the_server_goes_on(settings, tmp_path):
    async with web(settings, tmp_path) as (url,):
        port = int(url.rpartition(":")[2])
        for head in (
            b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\n",
            b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            b"GET / HTTP/1.1\nX\x00: y\n\n\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            said = b""
            with suppress(ConnectionError):
                writer.write(head)
                await writer.drain()
                said = await asyncio.wait_for(reader.read(64), timeout=10)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            assert said[9:12] in (b"", b"400", b"414", b"431"), (head[:80], said)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{url}/health")).status_code == 200
            # without a length it is counted as it comes
            large = await client.post(f"{url}/connexion", content=without_length(), headers=FORM)
            assert large.status_code == 413


async def without_length():
    for _ in range(5):
        yield b"email=" + b"a" * 16_000


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
JSON = {"Content-Type": "application/json"}
MANY_FIELDS = "&".join(f"a{number}=1" for number in range(10_000)).encode()


@pytest.mark.parametrize(
    ("body", "headers", "statuses"),
    [
        (MANY_FIELDS[:60_000], FORM, {200, 303, 400, 422}),
        (MANY_FIELDS, FORM, {413}),
        (b"[" * 60_000, JSON, {400}),
        (b'{"pupil":' * 6_000, JSON, {400}),
        (b'{"a":' + b"9" * 60_000 + b"}", JSON, {400}),
        (b'{"pupil": {"first_name": "' + b"a" * 70_000 + b'"}}', JSON, {413}),
        (gzip.compress(b'{"a": "' + b"a" * 40_000_000 + b'"}'), {**JSON, "Content-Encoding": "gzip"}, {400, 415}),
        (b"--x\r\n" * 10_000, PARTS, {400, 422}),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 1_000, PARTS, {400, 422}),
    ],
)  # fmt: skip
async def test_too_much_in_a_body_is_refused_at_once(visitor, small_week, body, headers, statuses):
    json = headers["Content-Type"] == "application/json"
    path = f"/api/v1/offers/{small_week.offer_id}/registrations" if json else "/connexion"
    began = monotonic()
    answer = await visitor.post(path, content=body, headers=headers, follow_redirects=False)
    assert answer.status_code in statuses, answer.text[:300]
    assert monotonic() - began < 10
