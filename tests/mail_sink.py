"""An SMTP server for stories and crash tests: real SMTP on a free port, it keeps what it accepts and can misbehave."""

import asyncio
import email
import email.policy
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import cached_property

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 2.0.0 accepted"
LATER = "451 4.3.0 try again later"
UNKNOWN = "550 5.1.1 no such mailbox"


class Accepted:
    """One mail as it was accepted: envelope, bytes, and when (time.monotonic)."""

    def __init__(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.sender = str(envelope.mail_from)
        self.recipient = envelope.rcpt_tos[0]
        self.content = envelope.content
        self.at = time.monotonic()

    @cached_property
    def message(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        """The HTML."""
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def method(self) -> str | None:
        """The method of the invitation in the body; None where there is no invitation."""
        part = self._part("text/calendar")
        return None if part is None else str(part.get_param("method"))

    @property
    def invitation(self) -> bytes | None:
        """The calendar in the body, which a mail program acts upon."""
        return self._bytes_of("text/calendar")

    @property
    def file(self) -> bytes | None:
        """The attached calendar, which a person may open."""
        return self._bytes_of("application/ics")

    @property
    def personal_token(self) -> str:
        """The token of the personal page, from the link in the text."""
        found = re.search(r"/inscriptions/([^/\s]+)", self.text)
        assert found is not None, self.text
        return found[1]

    def _bytes_of(self, content_type: str) -> bytes | None:
        part = self._part(content_type)
        return None if part is None else bytes(part.get_payload(decode=True))  # type: ignore[arg-type]

    def _part(self, content_type: str) -> EmailMessage | None:
        found = [part for part in self.message.walk() if part.get_content_type() == content_type]
        assert len(found) <= 1
        return found[0] if found else None  # type: ignore[return-value]


class Sink:
    """What has been accepted, in order, and how it behaves at the moment."""

    def __init__(self) -> None:
        self.mails: list[Accepted] = []
        self.url = ""
        self.port = 0
        # set when a mail has been offered, whatever became of it
        self.offered = asyncio.Event()
        self.unknown: set[str] = set()
        # "later" answers 451; "cut" accepts and hangs up before saying so
        self.mood = "accepts"
        self.slow_seconds = 0.0
        # called after a mail was accepted and before the client hears of it
        self.on_accepted: Callable[[Accepted], Awaitable[None]] | None = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.slow_seconds:
            await asyncio.sleep(self.slow_seconds)
        if self.mood == "later":
            self.offered.set()
            return LATER
        mail = Accepted(envelope)
        self.mails.append(mail)
        self.offered.set()
        if self.on_accepted is not None:
            await self.on_accepted(mail)
        if self.mood == "cut":
            server.transport.abort()
        return ACCEPTED

    def change_mood(self, mood: str) -> None:
        """Behave so from now on; `offered` waits for the next mail."""
        self.mood = mood
        self.offered.clear()

    def to(self, address: str) -> list[Accepted]:
        """The mails that one address was sent, in order."""
        return [mail for mail in self.mails if mail.recipient == address]

    def by_recipient(self) -> dict[str, list[Accepted]]:
        """All mails by address."""
        found: dict[str, list[Accepted]] = defaultdict(list)
        for mail in self.mails:
            found[mail.recipient].append(mail)
        return dict(found)

    def forget(self) -> None:
        """Begin a new chapter: forget what has been accepted."""
        self.mails.clear()


@asynccontextmanager
async def open_sink(sink: Sink | None = None, port: int = 0) -> AsyncIterator[Sink]:
    """A mail server on a port of the loopback; gone, connections and all, when the block ends."""
    sink = sink or Sink()
    loop = asyncio.get_running_loop()
    open_protocols: list[SMTP] = []

    def accept() -> SMTP:
        protocol = SMTP(sink, hostname="sink.example", enable_SMTPUTF8=True, loop=loop)
        open_protocols.append(protocol)
        return protocol

    server = await loop.create_server(accept, "127.0.0.1", port)
    sink.port = server.sockets[0].getsockname()[1]
    sink.url = f"smtp://127.0.0.1:{sink.port}"
    try:
        yield sink
    finally:
        server.close()
        for protocol in open_protocols:
            if protocol.transport is not None:
                protocol.transport.abort()
