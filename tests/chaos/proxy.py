"""A TCP proxy that can stall: connections stay open, nothing passes, as when a network is cut in two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Between somebody and a port of the loopback."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._to = port
        self._passes = asyncio.Event()
        self._passes.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def stall(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self._passes.clear()

    def go_on(self) -> None:
        """What was on its way arrives."""
        self._passes.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect somebody through."""
        await self._passes.wait()
        with suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to)
            self._begin(reader, there_writer)
            self._begin(there_reader, writer)

    def close(self) -> None:
        """Nobody is connected any more."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while part := await reader.read(65536):
                    await self._passes.wait()
                    writer.write(part)
                    await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[Proxy]:
    """A proxy to a port; gone, connections and all, when the block ends."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.close()
