"""SMTP: a few connections kept open and used again, and what a server's answers mean for a delivery."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP
from msgspec import Struct

# one mail may take this long; the lease on its delivery is longer
SECONDS_PER_MAIL = 20.0
SECONDS_TO_CONNECT = 10.0
_FRESH_SECONDS = 5.0
_IDLE_SECONDS = 60.0


class Outcome(Struct, frozen=True):
    """What became of a claimed mail, and the server's words.

    `sent`, `later` (4xx), `lost` (no answer came), `refused` (5xx), `kept` (it was not begun).
    """

    kind: Literal["sent", "later", "lost", "refused", "kept"]
    answer: str


class MailServerAway(Exception):
    """No connection could be had: nothing was tried, no attempt is counted."""


def server_of(smtp_url: str) -> str:
    """Host and port of a server: what all processes know it by, and nothing secret."""
    url = urlsplit(smtp_url)
    return f"{url.hostname}:{url.port or 25}"


class _Idle(Struct):
    client: SMTP
    since: float


class MailServer:
    """Connections to the server of `QUINZAINE_SMTP_URL`, at most `connections` at once, opened when first needed.

    URL: smtp:// (plain), smtp+starttls:// or smtps://, with `user:password@` where the server asks for it.
    """

    def __init__(self, smtp_url: str, *, connections: int, local_hostname: str) -> None:
        self._url = urlsplit(smtp_url)
        self._local_hostname = local_hostname
        self._free = asyncio.Semaphore(connections)
        # one connection is left for what is urgent, where there is more than one
        self._free_for_others = asyncio.Semaphore(max(1, connections - 1))
        self._share = max(1, connections // 2)
        self._idle: list[_Idle] = []

    @property
    def server(self) -> str:
        """Host and port: what other processes know the same server by."""
        return server_of(self._url.geturl())

    @property
    def is_busy(self) -> bool:
        """Whether a batch that is not urgent would have to wait."""
        return self._free_for_others.locked() or self._free.locked()

    @asynccontextmanager
    async def connections(self, wanted: int, *, urgent: bool = False) -> AsyncIterator[list[SMTP]]:
        """Up to `wanted` live connections, at least one, at most half of all; raises `MailServerAway`.

        Who holds a connection can claim deliveries knowing that they will be sent at once. The other half is for
        somebody else: while one batch is written down, another is on its way. What is urgent finds one left for it.
        """
        gates = [self._free] if urgent else [self._free_for_others, self._free]
        held = 0
        clients: list[SMTP] = []
        try:
            while held == 0 or (held < min(wanted, self._share) and not any(gate.locked() for gate in gates)):
                await _pass(gates)
                held += 1
            found = await asyncio.gather(*(self._connection() for _ in range(held)), return_exceptions=True)
            clients = [client for client in found if isinstance(client, SMTP)]
            if not clients:
                raise next(error for error in found if isinstance(error, BaseException))
            yield clients
        finally:
            self._idle += [_Idle(client, time.monotonic()) for client in clients if client.is_connected]
            for gate in gates:
                for _ in range(held):
                    gate.release()
            self._close_old()

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        idle, self._idle = self._idle, []
        for each in idle:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await each.client.quit(timeout=0.5)

    async def _connection(self) -> SMTP:
        while self._idle:
            idle = self._idle.pop()
            if not idle.client.is_connected:
                continue
            if time.monotonic() - idle.since < _FRESH_SECONDS:
                return idle.client
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await idle.client.noop(timeout=2)
                return idle.client
            idle.client.close()
        return await self._connect()

    async def _connect(self) -> SMTP:
        client = SMTP(
            hostname=self._url.hostname or "127.0.0.1",
            port=self._url.port,
            username=unquote(self._url.username) if self._url.username else None,
            password=unquote(self._url.password) if self._url.password else None,
            local_hostname=self._local_hostname,
            timeout=SECONDS_TO_CONNECT,
            use_tls=self._url.scheme == "smtps",
            start_tls=self._url.scheme == "smtp+starttls",
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise MailServerAway(type(error).__name__) from error
        return client

    def _close_old(self) -> None:
        oldest = time.monotonic() - _IDLE_SECONDS
        while self._idle and self._idle[0].since < oldest:
            self._idle.pop(0).client.close()


async def _pass(gates: Sequence[asyncio.Semaphore]) -> None:
    """Through all of them or none."""
    passed: list[asyncio.Semaphore] = []
    try:
        for gate in gates:
            await gate.acquire()
            passed.append(gate)
    except BaseException:
        for gate in passed:
            gate.release()
        raise


async def send_mail(client: SMTP, *, sender: str, recipient: str, mail: bytes) -> Outcome:
    """Give one mail to the server, whatever it answers. A connection that cannot be trusted afterwards is closed."""
    options: list[str] = []
    if client.supports_extension("size"):
        options.append(f"SIZE={len(mail)}")
    if not recipient.isascii():
        if not client.supports_extension("smtputf8"):
            return Outcome("refused", "The server takes no address with letters beyond ASCII (SMTPUTF8).")
        options.append("SMTPUTF8")
    try:
        async with asyncio.timeout(SECONDS_PER_MAIL):
            await client.mail(sender, options=options, encoding="utf-8")
            await client.rcpt(recipient, encoding="utf-8")
            answer = await client.data(mail)
        return Outcome("sent", answer.message)
    except aiosmtplib.SMTPResponseException as error:
        return await _answered(client, error.code, error.message)
    except ValueError:
        return Outcome("refused", "The address cannot be written in SMTP.")
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        client.close()
        return Outcome("lost", type(error).__name__)


async def _answered(client: SMTP, code: int, text: str) -> Outcome:
    """5xx is the end of this mail, unless the server speaks of us (530, 535, 538: sign in first); all else is later."""
    answer = f"{code} {text}"
    if code == 421 or code in (530, 535, 538) or not 400 <= code < 600:
        client.close()
        return Outcome("later", answer)
    try:
        await client.rset(timeout=5)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()
    return Outcome("refused" if code >= 500 else "later", answer)
