"""A program that is called: real HTTP on the loopback, which keeps what it is told and answers as it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct


class Told(Struct):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`answers`: bytes sent back, the last one for ever; `silent`: no answer at all; `drips`: one that never ends."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answers = [b"HTTP/1.1 204 No Content\r\n\r\n"]
        self.silent = False
        self.drips = False
        self.url = ""
        self.heard = asyncio.Event()
        self.under_way: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.ensure_future(self.serve(reader, writer))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.told.append(Told(first.split()[1], headers, body))
        self.heard.set()
        if self.silent:
            await asyncio.sleep(60)
        writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        await writer.drain()
        while self.drips:
            await asyncio.sleep(0.2)
            writer.write(b"x")
            await writer.drain()
        writer.write_eof()
        # whoever called hangs up
        await reader.read()


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """Listens on a free port until the block ends."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.accept, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/quinzaine?from=here"
    try:
        yield receiver
    finally:
        server.close()
        for task in receiver.under_way:
            task.cancel()
        await asyncio.gather(*receiver.under_way, return_exceptions=True)
