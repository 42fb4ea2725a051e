"""Send deliveries: claim, render, store, give to the mail server, mark; no transaction is held open across SMTP."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import structlog
from aiosmtplib import SMTP
from msgspec import Struct

from services.notifications.circuit import Circuit
from services.notifications.claim_deliveries import LEASE, Claimed, claim_deliveries
from services.notifications.claim_notices import claim_notices
from services.notifications.facts import Facts
from services.notifications.failure import describe
from services.notifications.hold_back import Brakes
from services.notifications.letter import Letter
from services.notifications.mark_deliveries import Attempt, fail_deliveries, mark_attempts, store_mails
from services.notifications.notice_letter import ClaimedNotice, NoticeLetter
from services.notifications.origins import origins_of_deliveries
from services.notifications.render import Printer, Rendered
from services.notifications.render_notice import NoticePrinter
from services.notifications.smtp import SECONDS_PER_MAIL, MailServer, MailServerAway, Outcome, send_mail
from services.notifications.wordings import read_wordings
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, Connection, Pool, transaction
from shared.settings import Settings
from shared.traces import Traceparent, span_after

# claimed, rendered and marked together: statements for all, and what a killed worker may have sent unmarked
MAILS_PER_CONNECTION = 8

log = structlog.get_logger()


class Parcel(Struct, frozen=True):
    """A claimed delivery whose bytes are stored: what one attempt sends."""

    letter: Letter | NoticeLetter
    address: str
    mail: bytes


class Prepared(Struct, frozen=True):
    """What is to be sent now, and the ids that are settled without."""

    parcels: list[Parcel]
    settled: set[UUID]


Prepare = Callable[[Sequence[UUID], int], Awaitable[Prepared]]


class Sender:
    """What sending stands on, one per process: the database, the mail server, the printer and its memory."""

    def __init__(
        self, settings: Settings, pool: Pool, mail_server: MailServer, ring: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._mail_server = mail_server
        self._rates = settings.mail_rates
        self._quiet = settings.quiet_hours
        self._circuit = Circuit(pool, mail_server.server, ring)
        self._printer = Printer(settings)
        self._notice_printer = NoticePrinter(settings)
        self._facts = Facts()

    async def send(self, ids: Sequence[UUID], *, urgent: bool = False) -> None:
        """Send those of the deliveries that are due, in their order; returns when none of them can be claimed.

        A connection is held before a delivery is claimed, so that a lease begins when its mail is really being sent,
        and a server that is away costs no attempt. Raises `MailServerAway`.
        """
        among = await self._notices_among(ids)
        notices = [each for each in ids if each in among]
        letters = [each for each in ids if each not in among]
        left = -1
        # what one person is told may be some of both, each waiting for the one before
        while len(notices) + len(letters) not in (0, left):
            left = len(notices) + len(letters)
            notices = await self._send(notices, self._prepare_notices, urgent=urgent)
            letters = await self._send(letters, self._prepare, urgent=urgent)

    async def _notices_among(self, ids: Sequence[UUID]) -> set[UUID]:
        """Deliveries without a registration are claimed and written another way: one question a batch."""
        rows = await self._pool.fetch(
            "SELECT id FROM notifications.deliveries WHERE id = ANY($1::uuid[]) AND registration_id IS NULL", list(ids)
        )
        return {row["id"] for row in rows}

    async def _send(self, left: list[UUID], prepare: Prepare, *, urgent: bool) -> list[UUID]:
        """Send what can be claimed of these; returns the others."""
        while left:
            most = await self._circuit.let_through()
            if not most:
                return left
            async with self._connections(min(most, len(left)), urgent) as clients:
                # from before the claim on: a slow commit uses up the lease, too
                begin_before = time.monotonic() + LEASE.total_seconds() - SECONDS_PER_MAIL
                prepared = await prepare(left, min(most, MAILS_PER_CONNECTION * len(clients)))
                attempts = await self._deliver(clients, prepared.parcels, begin_before, most)
            await self._mark(attempts)
            await self._circuit.hear([attempt.outcome for attempt in attempts], probed=most == 1)
            done = prepared.settled | {attempt.letter.id for attempt in attempts if attempt.outcome.kind != "kept"}
            if not done:
                return left
            left = [each for each in left if each not in done]
        return left

    @asynccontextmanager
    async def _connections(self, wanted: int, urgent: bool) -> AsyncIterator[list[SMTP]]:
        """Live connections; that none can be had is told to everybody. Raises `MailServerAway`."""
        try:
            async with self._mail_server.connections(wanted, urgent=urgent) as clients:
                yield clients
        except MailServerAway as error:
            await self._circuit.open(str(error))
            raise

    async def _prepare(self, ids: Sequence[UUID], most: int) -> Prepared:
        """Claim and render in one short transaction: what is claimed has its bytes."""
        brakes = await self._brakes()
        async with transaction(self._pool) as connection:
            claim = await claim_deliveries(
                connection, ids, most=most, facts=self._facts, now=clock.now(), brakes=brakes
            )
            rendered = await self._render(connection, [each for each in claim.letters if each.letter.mail is None])
            if rendered:
                await store_mails(connection, list(rendered.values()))
        return _prepared([each.letter for each in claim.letters], rendered, claim.settled)

    async def _prepare_notices(self, ids: Sequence[UUID], most: int) -> Prepared:
        brakes = await self._brakes()
        async with transaction(self._pool) as connection:
            claim = await claim_notices(connection, ids, most=most, facts=self._facts, now=clock.now(), brakes=brakes)
            fresh = [each for each in claim.letters if each.letter.mail is None]
            rendered = await self._render_notices(connection, fresh)
            if rendered:
                await store_mails(connection, list(rendered.values()))
        return _prepared([each.letter for each in claim.letters], rendered, claim.settled)

    async def _brakes(self) -> Brakes:
        return Brakes(held=(await self._circuit.conditions()).held, rates=self._rates, quiet=self._quiet)

    async def _deliver(
        self, clients: Sequence[SMTP], parcels: Sequence[Parcel], begin_before: float, let_through: int
    ) -> list[Attempt]:
        """Give the mails to the server, on each connection one after the other.

        No mail is begun so late that its time-out would outlive its lease, nor after somebody has stopped the sending;
        what was not begun is due again.
        """
        waiting = deque(parcels)
        attempts: list[Attempt] = []
        origins = await origins_of_deliveries(self._pool, [parcel.letter.id for parcel in parcels])

        async def use(client: SMTP) -> None:
            while waiting and client.is_connected and time.monotonic() < begin_before:
                parcel = waiting.popleft()
                if not await self._circuit.goes_on(let_through):
                    waiting.append(parcel)
                    return
                attempts.append(await self._attempt(client, parcel, origins.get(parcel.letter.id)))

        await asyncio.gather(*(use(client) for client in clients))
        return attempts + [Attempt(parcel.letter, Outcome("kept", "")) for parcel in waiting]

    async def _mark(self, attempts: Sequence[Attempt]) -> None:
        """Write the outcomes; while the leases last, a lost or full database is waited for: no mail goes twice."""
        if not attempts:
            return
        for wait in (0.2, 0.5, 1, 2, 4, None):
            try:
                async with transaction(self._pool) as connection:
                    await mark_attempts(connection, attempts, now=clock.now())
            except (*CONNECTION_LOST, NO_ROOM, asyncpg.DeadlockDetectedError):
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    async def _render(self, connection: Connection, claimed: Sequence[Claimed]) -> dict[UUID, Rendered]:
        keys = {each.letter.id: (each.letter.offer_id, each.letter.standing(each.event).programme) for each in claimed}
        programmes = await self._facts.programmes(connection, keys.values())
        wordings = await read_wordings(connection, [(each.letter.offer_id, each.letter.message) for each in claimed])
        rendered: dict[UUID, Rendered] = {}
        for each in claimed:
            try:
                rendered[each.letter.id] = self._printer.render(
                    each,
                    programmes[keys[each.letter.id]],
                    wordings.get((each.letter.offer_id, each.letter.message)),
                )
            except Exception as error:  # noqa: BLE001  # one letter that cannot be written holds back no other
                await _give_up(connection, each.letter.id, error)
        return rendered

    async def _render_notices(self, connection: Connection, claimed: Sequence[ClaimedNotice]) -> dict[UUID, Rendered]:
        wordings = await read_wordings(connection, [(each.event.offer_id, each.letter.message) for each in claimed])
        rendered: dict[UUID, Rendered] = {}
        for each in claimed:
            try:
                wording = wordings.get((each.event.offer_id, each.letter.message)) if each.event.offer_id else None
                rendered[each.letter.id] = self._notice_printer.render(each, wording)
            except Exception as error:  # noqa: BLE001  # one letter that cannot be written holds back no other
                await _give_up(connection, each.letter.id, error)
        return rendered

    async def _attempt(self, client: SMTP, parcel: Parcel, origin: Traceparent | None) -> Attempt:
        letter = parcel.letter
        with span_after(origin, "send", delivery_id=str(letter.id), message=letter.message) as mark:
            outcome: Outcome = await send_mail(
                client, sender=self._printer.envelope_sender(letter.id), recipient=parcel.address, mail=parcel.mail
            )
            mark.note(outcome=outcome.kind, attempt=letter.attempts, smtp__code=_code(outcome))
        log.info(
            "delivery.attempted",
            delivery_id=str(letter.id),
            message=letter.message,
            outcome=outcome.kind,
            code=_code(outcome) or None,
            attempt=letter.attempts,
        )
        return Attempt(letter, outcome)


def _code(outcome: Outcome) -> str:
    """The server's number, without its words: they often repeat the address."""
    return outcome.answer[:3] if outcome.kind in ("later", "refused") else ""


def _prepared(
    letters: Sequence[Letter | NoticeLetter], rendered: dict[UUID, Rendered], settled: Sequence[UUID]
) -> Prepared:
    """Letters with the bytes they had, or have now; those that could not be written are settled."""
    parcels = []
    done = set(settled)
    for letter in letters:
        if letter.mail is not None:
            parcels.append(Parcel(letter, letter.address or "", letter.mail))
        elif fresh := rendered.get(letter.id):
            parcels.append(Parcel(letter, fresh.address, fresh.mail))
        else:
            done.add(letter.id)
    return Prepared(parcels, done)


async def _give_up(connection: Connection, delivery_id: UUID, error: Exception) -> None:
    log.warning("delivery.unwritable", delivery_id=str(delivery_id), **describe(error))
    await fail_deliveries(connection, [delivery_id], reason=f"not rendered: {type(error).__name__}")
