"""A mail server of the tests: real SMTP on a free port, it keeps what it accepts and answers what it is told to."""

import asyncio
import email
import email.policy
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[str, bytes], str]
ACCEPTED = "250 accepted"


class Sink:
    """What has been accepted, in order; `answer` decides for each recipient and mail, `sessions` counts connections."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _recipient, _mail: ACCEPTED
        self.mails: list[tuple[str, str, bytes]] = []
        self.offered: list[tuple[str, bytes]] = []
        self.sessions: set[int] = set()
        self.url = ""

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        recipient = envelope.rcpt_tos[0]
        assert isinstance(envelope.content, bytes)
        self.offered.append((recipient, envelope.content))
        self.sessions.add(id(session))
        answer = self.answer(recipient, envelope.content)
        if answer.startswith("250"):
            self.mails.append((str(envelope.mail_from), recipient, envelope.content))
        return answer

    def messages(self, recipient: str | None = None) -> list[EmailMessage]:
        """The accepted mails, parsed, of one recipient or of all."""
        return [parse(mail) for _, to, mail in self.mails if recipient in (None, to)]


def parse(mail: bytes) -> EmailMessage:
    """A mail as a program of our readers sees it."""
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def calendars_of(message: EmailMessage) -> list[Any]:
    """Its parts that are calendars: the one in the body (text/calendar) and the attached one."""
    return [part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")]


@asynccontextmanager
async def open_sink(port: int = 0) -> AsyncIterator[Sink]:
    """A mail server on a port of the loopback; gone when the block ends."""
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.example", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    sink.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield sink
    finally:
        server.close()


def glued_sentences(page: str) -> list[str]:
    """Where one sentence of a page follows another without a space: a line break of the template was lost."""
    body = re.sub(r"(?s)<(style|head)\b.*?</\1>|<!--.*?-->", " ", page)
    words = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.findall(r"\S+[\w»)][.!?][A-ZÀÂÇÉÈÊÎÔÛ«][^.]\S*|\S*[!?][A-ZÀÂÇÉÈÊÎÔÛ«]\S*", words)
