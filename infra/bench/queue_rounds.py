"""Rounds on thousands: planning a fact that concerns five thousand people, what is urgent meanwhile, and memory."""

import asyncio
import itertools
import os
import re
import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import psutil

from infra.bench.figures import Figure, at_most, fact
from infra.bench.mail_rounds import accepted_at, drain, request_of
from infra.bench.system import Bench, process
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.notifications.plan_events import plan_events
from shared.database import rehearsal, transaction
from shared.identifiers import new_id
from shared.notices import SignInRequested
from shared.outbox import Doorbell, append_events
from shared.settings import Settings
from shared.signed_links import Signer

PEOPLE, FEW, BATCH = 5_000, 10, 250
# the long form: 50,000
MAILS = int(os.environ.get("QUINZAINE_BENCH_MAILS", "10000"))
# asked while at least so many of them wait
SAMPLES, PAUSE, STILL_WAITING = 50, 0.15, 1_000
_TO = re.compile(rb"^Delivered-To: (\S+)", re.MULTILINE)


async def measure_queue(bench: Bench) -> list[Figure]:
    """One webinar, five thousand registered; its change is a mail for each of them, and theirs are all the same age."""
    environment = {**bench.environment, "QUINZAINE_COALESCING_SECONDS": "0"}
    settings = msgspec.structs.replace(bench.settings, coalescing_seconds=0)
    many, few = await bench.offer("webinaire-etablissements"), await bench.offer("accueil-agence")
    await _register(bench, many, range(PEOPLE), "foule")
    await _register(bench, few, range(FEW), "peu")
    await bench.pool.execute("UPDATE contract.events SET planned_at = now() WHERE planned_at IS NULL")
    await bench.pool.execute("VACUUM ANALYZE")
    _, statements_of_few, _ = await _plan(bench, settings, await _change(bench, few, 0))
    seconds, statements, deliveries = await _plan(bench, settings, await _change(bench, many, 0))
    if deliveries != PEOPLE:
        raise AssertionError(f"{deliveries} mails planned for {PEOPLE} people")
    async with process(environment, "infra", "relay"), process(environment, "infra", "worker") as worker:
        registered, urgent = await _measure_beside(bench)
        weights = await _weigh_on(bench, many, worker)
    return [
        fact(f"planning an event of {PEOPLE:,} people, one pass", seconds, "s"),
        at_most(f"  its {statements} statements / those for {FEW} people", statements / statements_of_few, "×", 1.01),
        at_most(f"urgent under {PEOPLE:,} queued: commit → SMTP accepted, p50", statistics.median(urgent), "s", 0.5),
        at_most("  the same, p99", sorted(urgent)[int(len(urgent) * 0.99)], "s", 1),
        fact("registration, under as many: commit → SMTP accepted, p50", statistics.median(registered), "s"),
        fact("  the same, p99", sorted(registered)[int(len(registered) * 0.99)], "s"),
        fact(f"worker's memory after {PEOPLE:,} mails", weights[0], "MB"),
        at_most(f"  after {MAILS:,} / after {PEOPLE:,}", weights[-1] / weights[0], "×", 1.1),
    ]


async def _register(bench: Bench, offer_id: UUID, numbers: range, group: str) -> None:
    await bench.pool.execute("UPDATE campaigns.offers SET seats = seats + $2 WHERE id = $1", offer_id, len(numbers))
    for start in range(numbers.start, numbers.stop, BATCH):
        async with transaction(bench.pool) as connection:
            await register_pupils(
                connection,
                offer_id=offer_id,
                requests=[request_of(number, group) for number in numbers if start <= number < start + BATCH],
                signer=Signer(bench.settings.secret_keys),
                now=datetime.now(UTC),
            )


async def _change(bench: Bench, offer_id: UUID, number: int) -> UUID:
    """A new title for the offer's first session; the id of the fact."""
    session_id = await bench.pool.fetchval(
        "SELECT id FROM campaigns.sessions WHERE offer_id = $1 ORDER BY starts_at, id LIMIT 1", offer_id
    )
    async with transaction(bench.pool) as connection:
        change = SessionChange(meeting_point=f"Porte {number}")
        await change_session(connection, session_id=session_id, change=change, now=datetime.now(UTC))
        found: UUID = await connection.fetchval(
            """
            SELECT id FROM contract.events WHERE offer_id = $1 AND tag = 'session.changed' AND planned_at IS NULL
            ORDER BY id DESC LIMIT 1
            """,
            offer_id,
        )
    return found


async def _plan(bench: Bench, settings: Settings, event_id: UUID) -> tuple[float, int, int]:
    """Plan one fact and undo it, so that the worker plans it again: seconds, statements, deliveries."""
    asked: list[str] = []
    async with bench.pool.acquire() as connection, rehearsal(connection):
        began = time.perf_counter()
        with connection.query_logger(lambda record: asked.append(record.query)):
            planned = await plan_events(connection, [event_id], settings=settings, now=datetime.now(UTC))
        seconds = time.perf_counter() - began
    return seconds, len(asked), len(planned)


async def _measure_beside(bench: Bench) -> tuple[list[float], list[float]]:
    """Seconds that registrations and sign-in links take, asked for in turn, while the queue is being sent."""
    offer_id = await bench.offer("accueil-region")
    doorbell = Doorbell(bench.settings.database_url)
    ringing = asyncio.create_task(doorbell.run())
    registered: dict[str, float] = {}
    urgent: dict[str, float] = {}
    await _wait_until_sent(bench, 100)
    for number in range(SAMPLES):
        urgent[await _ask_for_link(bench, number)] = time.time()
        doorbell.ring()
        await asyncio.sleep(PAUSE)
        await _register(bench, offer_id, range(number, number + 1), "pendant")
        registered[request_of(number, "pendant").email or ""] = time.time()
        doorbell.ring()
        await asyncio.sleep(PAUSE)
        if await _waiting(bench) < STILL_WAITING:
            break
    await drain(bench)
    ringing.cancel()
    accepted = {}
    for file in bench.mails.iterdir():
        with file.open("rb") as mail:
            found = _TO.search(mail.read(500))
        if found:
            accepted[found[1].decode()] = accepted_at(file)
    return (
        [accepted[address] - committed for address, committed in registered.items()],
        [accepted[address] - committed for address, committed in urgent.items()],
    )


async def _ask_for_link(bench: Bench, number: int) -> str:
    """Somebody new asks for a link to sign in; the address it goes to."""
    person_id, address, now = new_id(), f"lien.{number}@conseil.example", datetime.now(UTC)
    async with transaction(bench.pool) as connection:
        await connection.execute(
            "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, 'Alix', 'Roy', $2)",
            person_id,
            address,
        )
        asked = SignInRequested(
            occurred_at=now, recipients=(person_id,), sign_in_id=new_id(), expires_at=now + timedelta(minutes=15)
        )
        await append_events(connection, [asked])
    return address


async def _weigh_on(bench: Bench, offer_id: UUID, worker: int) -> list[float]:
    """Megabytes of the worker, now and then, until it has sent them all; each change is a mail for everybody."""
    doorbell = Doorbell(bench.settings.database_url)
    ringing = asyncio.create_task(doorbell.run())
    weights = [_weight(worker)]
    for number in itertools.count(1):
        sent = await _sent(bench)
        if sent >= MAILS:
            break
        await _change(bench, offer_id, number)
        doorbell.ring()
        await _wait_until_sent(bench, min(MAILS, sent + PEOPLE))
        weights.append(_weight(worker))
    ringing.cancel()
    return weights


def _weight(pid: int) -> float:
    """What is its own alone (USS): what it shares with others may change as they come and go."""
    return float(psutil.Process(pid).memory_full_info().uss) / 1024**2


async def _wait_until_sent(bench: Bench, count: int) -> None:
    deadline = time.monotonic() + max(120, count / 10)
    while await _sent(bench) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count} mails were to be sent")
        await asyncio.sleep(0.2)


async def _sent(bench: Bench) -> int:
    found: int = await bench.pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE state = 'sent'")
    return found


async def _waiting(bench: Bench) -> int:
    found: int = await bench.pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE state = 'due'")
    return found
