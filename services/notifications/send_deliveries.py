"""Send deliveries: claim, render, store, give to the mail server, mark; no transaction is held open across SMTP."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog
from aiosmtplib import SMTP

from services.notifications.claim_deliveries import LEASE, Claimed, claim_deliveries
from services.notifications.facts import Facts
from services.notifications.failure import describe
from services.notifications.mark_deliveries import Attempt, fail_deliveries, mark_attempts, store_mails
from services.notifications.render import Printer, Rendered
from services.notifications.smtp import SECONDS_PER_MAIL, MailServer, Outcome, send_mail
from shared.database import CONNECTION_LOST, Connection, Pool, transaction
from shared.settings import Settings

# claimed, rendered and marked together
MAILS_PER_CONNECTION = 4

log = structlog.get_logger()


class Sender:
    """What sending stands on, one per process: the database, the mail server, the printer and its memory."""

    def __init__(self, settings: Settings, pool: Pool, mail_server: MailServer) -> None:
        self._pool = pool
        self._mail_server = mail_server
        self._printer = Printer(settings)
        self._facts = Facts()

    async def send(self, ids: Sequence[UUID]) -> None:
        """Send those of the deliveries that are due, in their order; returns when none of them can be claimed.

        A connection is held before a delivery is claimed, so that a lease begins when its mail is really being sent,
        and a server that is away costs no attempt. Raises `MailServerAway`.
        """
        left = list(ids)
        while left:
            async with self._mail_server.connections(len(left)) as clients:
                # from before the claim on: a slow commit uses up the lease, too
                begin_before = time.monotonic() + LEASE.total_seconds() - SECONDS_PER_MAIL
                ready, done = await self._prepare(left, most=MAILS_PER_CONNECTION * len(clients))
                attempts = await self._deliver(clients, ready, begin_before)
            await self._mark(attempts)
            done |= {attempt.letter.id for attempt in attempts if attempt.outcome.kind != "kept"}
            if not done:
                return
            left = [each for each in left if each not in done]

    async def _prepare(self, ids: Sequence[UUID], *, most: int) -> tuple[list[tuple[Claimed, str, bytes]], set[UUID]]:
        """Claim and render in one short transaction: what is claimed has its bytes. Also the ids that are settled."""
        async with transaction(self._pool) as connection:
            claim = await claim_deliveries(connection, ids, most=most, facts=self._facts, now=datetime.now(UTC))
            rendered = await self._render(connection, [each for each in claim.letters if each.letter.mail is None])
            if rendered:
                await store_mails(connection, list(rendered.values()))
        ready = []
        done = set(claim.settled)
        for each in claim.letters:
            if each.letter.mail is not None:
                ready.append((each, each.letter.address or "", each.letter.mail))
            elif fresh := rendered.get(each.letter.id):
                ready.append((each, fresh.address, fresh.mail))
            else:
                done.add(each.letter.id)
        return ready, done

    async def _deliver(
        self, clients: Sequence[SMTP], ready: list[tuple[Claimed, str, bytes]], begin_before: float
    ) -> list[Attempt]:
        """Give the mails to the server, on each connection one after the other.

        No mail is begun so late that its time-out would outlive its lease; what was not begun is due again.
        """
        waiting = deque(ready)
        attempts: list[Attempt] = []

        async def use(client: SMTP) -> None:
            while waiting and client.is_connected and time.monotonic() < begin_before:
                attempts.append(await self._attempt(client, *waiting.popleft()))

        await asyncio.gather(*(use(client) for client in clients))
        return attempts + [Attempt(claimed.letter, Outcome("kept", "")) for claimed, _, _ in waiting]

    async def _mark(self, attempts: Sequence[Attempt]) -> None:
        """Write the outcomes; while the leases last, a lost database is waited for, so that no mail goes twice."""
        if not attempts:
            return
        for wait in (0.2, 0.5, 1, 2, 4, None):
            try:
                async with transaction(self._pool) as connection:
                    await mark_attempts(connection, attempts, now=datetime.now(UTC))
            except (*CONNECTION_LOST, asyncpg.DeadlockDetectedError):
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    async def _render(self, connection: Connection, claimed: Sequence[Claimed]) -> dict[UUID, Rendered]:
        keys = {each.letter.id: (each.letter.offer_id, each.letter.standing(each.event).programme) for each in claimed}
        programmes = await self._facts.programmes(connection, keys.values())
        rendered: dict[UUID, Rendered] = {}
        for each in claimed:
            try:
                rendered[each.letter.id] = self._printer.render(each, programmes[keys[each.letter.id]])
            except Exception as error:  # noqa: BLE001  # one letter that cannot be written holds back no other
                log.warning("delivery.unwritable", delivery_id=str(each.letter.id), **describe(error))
                await fail_deliveries(connection, [each.letter.id], reason=f"not rendered: {type(error).__name__}")
        return rendered

    async def _attempt(self, client: SMTP, claimed: Claimed, address: str, mail: bytes) -> Attempt:
        letter = claimed.letter
        outcome: Outcome = await send_mail(
            client, sender=self._printer.envelope_sender(letter.id), recipient=address, mail=mail
        )
        log.info(
            "delivery.attempted",
            delivery_id=str(letter.id),
            message=letter.message,
            outcome=outcome.kind,
            code=outcome.answer[:3] if outcome.kind in ("later", "refused") else None,
            attempt=letter.attempts,
        )
        return Attempt(letter, outcome)
