"""The sink: an SMTP server that accepts every mail and keeps it in a Maildir."""

import asyncio
import itertools
import os
import socket
import time
from pathlib import Path
from types import TracebackType

from aiosmtpd.smtp import SMTP, Envelope, Session

MAIL_AT_MOST = 10 * 1024 * 1024


class MailboxSink:
    """Listens while it is entered; `port` 0 takes a free one, and `port` then says which."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._numbers = itertools.count()
        self._host_name = socket.gethostname().replace("/", "_").replace(":", "_")

    async def __aenter__(self) -> "MailboxSink":
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._greet, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()

    def _greet(self) -> SMTP:
        return SMTP(self, hostname="localhost", data_size_limit=MAIL_AT_MOST, enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002  # aiosmtpd's hook
        """Keep one mail: written under tmp/, then renamed into new/, so that a reader never sees half of it."""
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        head = f"Return-Path: <{envelope.mail_from}>\r\n" + "".join(
            f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos
        )
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._numbers)}.{self._host_name}"
        waiting = self.folder / "tmp" / name
        waiting.write_bytes(head.encode(errors="replace") + content)
        waiting.rename(self.folder / "new" / name)
        return "250 2.0.0 kept"
