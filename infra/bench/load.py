"""Load: a few keep-alive connections that each send the next request when the last one is answered."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import urlsplit

from msgspec import Struct

SPACE = 256 * 1024


class Answers(Struct, kw_only=True):
    """What a round of load gave: answers by status, latencies in seconds (sorted), and the bodies if they were kept."""

    statuses: dict[int, int]
    seconds: float
    latencies: list[float]
    bodies: list[bytes] | None = None

    @property
    def rate(self) -> float:
        """Answers per second."""
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the answers stayed under, in seconds."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


def request_bytes(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request, as sent."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection(asyncio.BufferedProtocol):
    """One connection: sends, counts, sends the next; understands Content-Length and bodiless answers only.

    Bodies that nobody keeps are read over: who asks should cost little beside who answers.
    """

    def __init__(self, requests: Iterator[bytes], answers: Answers, done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._answers = answers
        self._done = done
        self._space = bytearray(SPACE)
        self._filled = 0
        self._status = 0
        self._missing = 0
        self._body: list[bytes] = []
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # TCP gives nothing else
        self._send_next()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's signature
        return memoryview(self._space)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        if self._missing:
            self._read_body(memoryview(self._space)[:nbytes])
            return
        self._filled += nbytes
        end = self._space.find(b"\r\n\r\n", 0, self._filled)
        if end < 0:
            return
        head = bytes(self._space[:end]).lower()
        self._status = int(head[9:12])
        at = head.find(b"content-length:")
        self._missing = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 and self._status != 304 else 0
        rest, self._filled = memoryview(self._space)[end + 4 : self._filled], 0
        self._read_body(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _read_body(self, part: memoryview) -> None:
        self._missing -= len(part)
        if self._answers.bodies is not None:
            self._body.append(bytes(part))
        if self._missing > 0:
            return
        if self._answers.bodies is not None:
            self._answers.bodies.append(b"".join(self._body))
            self._body.clear()
        self._answers.latencies.append(time.perf_counter() - self._sent_at)
        self._answers.statuses[self._status] = self._answers.statuses.get(self._status, 0) + 1
        self._send_next()

    def _send_next(self) -> None:
        request = next(self._requests, None)
        if self._transport is None or request is None:
            if not self._done.done():
                self._done.set_result(None)
            if self._transport is not None:
                self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def send_load(
    url: str, requests: Iterator[bytes], *, connections: int = 64, keep_bodies: bool = False
) -> Answers:
    """Send every request of the iterator over so many connections, each waiting for its answer; bounded by its end."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    answers = Answers(statuses={}, seconds=0.0, latencies=[], bodies=[] if keep_bodies else None)
    started = time.perf_counter()
    waiting = []
    for _ in range(connections):
        done = loop.create_future()
        waiting.append(done)
        make: Callable[[], asyncio.BaseProtocol] = lambda done=done: _Connection(requests, answers, done)  # type: ignore[misc]  # noqa: E731
        await loop.create_connection(make, parts.hostname or "127.0.0.1", parts.port or 80)
    await asyncio.gather(*waiting)
    answers.seconds = time.perf_counter() - started
    answers.latencies.sort()
    return answers
