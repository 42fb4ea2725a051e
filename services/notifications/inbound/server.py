"""The server that mails come in at: SMTP and, for a mail server in front, LMTP (RFC 2033), on one port.

One address a transaction: whoever sends to several is told to come again with the next. What a mail came to is in the
answer's words, for who reads them.
"""

import asyncio
import re
import time
from collections import Counter
from datetime import datetime
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from services.notifications.failure import describe
from services.notifications.inbound.act_on_answers import Answers
from services.notifications.inbound.find_addressee import Addressee, find_addressee, find_complained_of
from services.notifications.inbound.reading import Reading, read
from services.notifications.inbound.record_answer import record_answer
from services.notifications.inbound.unreadable import NotTaken
from shared import clock
from shared.database import CONNECTION_LOST, Pool, transaction
from shared.settings import Settings
from shared.signed_links import Signer

MAIL_AT_MOST = 1024 * 1024
# a silent connection, and one that never ends
IDLE_SECONDS, SESSION_SECONDS = 60.0, 600.0
CONNECTIONS_AT_MOST, CONNECTIONS_OF_ONE_PEER = 100, 20
COMMANDS = {"DATA": 200, "RCPT": 400, "MAIL": 400, "RSET": 400, "NOOP": 100, "*": 20}
WRONG_ADDRESSES_AT_MOST = 10
READ_AT_ONCE = 2
# who waits for the outcome is not kept longer; it is acted on all the same
SECONDS_TO_ACT = 8.0
LATER = "451 4.3.0 not now, try again later"
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")

log = structlog.get_logger()


class Visit(Session):
    """What is known of one connection: how many wrong addresses it has named."""

    wrong_addresses = 0


class Cover(Envelope):
    """One transaction, and whom its address stands for."""

    addressee = Addressee()


class Reception:
    """Takes mails: who it is for is asked at RCPT, what it says at DATA; it is written down before « 250 »."""

    def __init__(self, settings: Settings, pool: Pool, answers: Answers) -> None:
        self._settings = settings
        self._pool = pool
        self._answers = answers
        self._signer = Signer(settings.secret_keys)
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's hook
        self, server: SMTP, session: Visit, envelope: Cover, address: str, _options: list[str]
    ) -> str:
        """Whether the address stands for anybody."""
        if envelope.rcpt_tos:
            return "452 4.5.3 one address at a time"
        try:
            async with self._pool.acquire() as connection:
                addressee = await find_addressee(
                    connection,
                    address,
                    mail_domain=self._settings.mail_domain,
                    signer=self._signer,
                    now=clock.now(),
                )
        except NotTaken as refusal:
            session.wrong_addresses += 1
            if session.wrong_addresses <= WRONG_ADDRESSES_AT_MOST or server.transport is None:
                return refusal.reply
            asyncio.get_running_loop().call_later(0.1, server.transport.close)
            return "421 4.7.0 too many wrong addresses"
        envelope.rcpt_tos.append(address)
        envelope.addressee = addressee
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Visit, envelope: Cover) -> str:  # noqa: N802  # aiosmtpd's hook
        """Read, write down, act; a mail that is refused leaves nothing behind."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        if _BARE.search(raw):
            return "550 5.6.0 lines end with CR and LF, both (RFC 5321)"
        addressee = envelope.addressee
        now = clock.now()
        try:
            async with self._reading:
                reading = await asyncio.to_thread(
                    read,
                    raw,
                    to_delivery=addressee.returned,
                    without_sender=envelope.mail_from in (None, "", "<>"),
                )
        except NotTaken as refusal:
            log.info("answer.refused", reply=refusal.reply)
            return refusal.reply
        if addressee.unnamed:
            found = await self._complained_of(reading, now)
            if found is None:
                # a provider whose reports are refused sends no more of them
                return "250 2.0.0 nothing"
            addressee = found
        async with transaction(self._pool) as connection:
            recorded = await record_answer(connection, reading, addressee, raw=raw, now=now)
        log.info("answer.read", answer_id=str(recorded.id), kind=reading.kind, repeated=recorded.repeated)
        outcome = recorded.outcome
        if recorded.state == "read":
            try:
                outcome = await asyncio.wait_for(
                    asyncio.shield(self._answers.act_on(recorded.id)), timeout=SECONDS_TO_ACT
                )
            except (TimeoutError, *CONNECTION_LOST) as error:
                log.warning("answer.left", answer_id=str(recorded.id), error=type(error).__name__)
        return f"250 2.0.0 {outcome or 'noted, and acted on soon'}"

    async def _complained_of(self, reading: Reading, now: datetime) -> Addressee | None:
        """The delivery that a complaint to the common address is about; of anything else, none."""
        if reading.kind != "complaint":
            return None
        async with self._pool.acquire() as connection:
            return await find_complained_of(connection, reading.mail.complained_of, signer=self._signer, now=now)

    async def handle_exception(self, error: Exception) -> str:
        """Whatever it is, the sender keeps the mail and tries again."""
        log.warning("reception.failed", **describe(error))
        return LATER


class Line(SMTP):
    """One connection; it says LHLO as well, and ends when it has lasted too long."""

    def __init__(self, reception: Reception, door: "Door", hostname: str) -> None:
        super().__init__(
            reception,
            data_size_limit=MAIL_AT_MOST,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Quinzaine",
            timeout=IDLE_SECONDS,
            command_call_limit=COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._door = door
        self._ends: asyncio.TimerHandle | None = None
        self._peer = ""

    def _create_session(self) -> Visit:
        return Visit(asyncio.get_running_loop())

    def _create_envelope(self) -> Cover:
        return Cover()

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or turn it away where there are too many, of all or of one peer."""
        self._peer = str((transport.get_extra_info("peername") or ("local",))[0])
        if not self._door.enter(self._peer, self):
            self._peer = ""
            transport.write(b"421 4.7.0 too many connections, try again later\r\n")
            transport.close()
            return
        self._ends = asyncio.get_running_loop().call_later(SESSION_SECONDS, transport.close)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """What is said to a closed door is not heard."""
        if self._peer:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The peer has said all it will."""
        return super().eof_received() if self._peer else False

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for the next."""
        if self._ends is not None:
            self._ends.cancel()
        if self._peer:
            self._door.leave(self._peer, self)
            super().connection_lost(error)

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802  # aiosmtpd finds commands by name
        """LMTP's greeting. As a transaction has one address, its DATA has one answer, as in SMTP."""
        await self.smtp_EHLO(arg)


class Door:
    """Listens while it is entered; `port` 0 takes a free one, and `port` then says which."""

    def __init__(self, reception: Reception, *, host: str, port: int, hostname: str) -> None:
        self.host = host
        self.port = port
        self._reception = reception
        self._hostname = hostname
        self._server: asyncio.Server | None = None
        self._inside: Counter[str] = Counter()
        self._lines: set[Line] = set()

    async def __aenter__(self) -> "Door":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Line(self._reception, self, self._hostname), self.host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        # what is under way is finished, or given up: it is in the table, or its sender keeps it
        deadline = time.monotonic() + 3
        while self._lines and time.monotonic() < deadline:
            for line in list(self._lines):
                if line.transport is not None and not (line.envelope and line.envelope.rcpt_tos):
                    line.transport.close()
            await asyncio.sleep(0.05)
        for line in list(self._lines):
            if line.transport is not None:
                line.transport.close()

    def enter(self, peer: str, line: Line) -> bool:
        """Whether there is room for one more."""
        if len(self._lines) >= CONNECTIONS_AT_MOST or self._inside[peer] >= CONNECTIONS_OF_ONE_PEER:
            return False
        self._inside[peer] += 1
        self._lines.add(line)
        return True

    def leave(self, peer: str, line: Line) -> None:
        """One of them has gone."""
        self._lines.discard(line)
        self._inside[peer] -= 1
        if self._inside[peer] <= 0:
            del self._inside[peer]
