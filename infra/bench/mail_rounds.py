"""Rounds on the mails: rate against a bare loop, latency at rest, a freed seat's way to the next person."""

import asyncio
import itertools
import re
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import httpx

from infra.bench.figures import Figure, at_most, fact, share
from infra.bench.machine import usable_cores
from infra.bench.system import Bench, answers, process
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import RegistrationRequest
from services.campaigns.offers.registration_form import parse_request
from shared.database import transaction
from shared.outbox import Doorbell
from shared.signed_links import Signer

MAILS, WARM, ROUNDS = 300, 100, 3
SINGLE, FREED = 50, 10
# two workers, the server they send to, and the database: with fewer cores they take each other's
CORES_FOR_TWO = 4


async def measure_mails(bench: Bench) -> list[Figure]:
    """With web, relay and worker running, as in `quinzaine up`."""
    environment = bench.environment
    base = bench.settings.base_url
    async with (
        process(environment, "infra", "web"),
        process(environment, "infra", "relay"),
        process(environment, "infra", "worker"),
    ):
        await answers(f"{base}/health")
        await drain(bench)
        one, two, bare = await _measure_rates(bench)
        at_rest = await _measure_at_rest(bench, base)
        freed = await _measure_freed_seats(bench, base)
    cores = usable_cores()
    few = f"needs {CORES_FOR_TWO} cores, here {cores}" if cores < CORES_FOR_TWO else ""
    return [
        share("mails / bare SMTP loop, same bytes", one, "/s", bare, 0.7),
        share("two workers / one worker", two, "/s", one, 1.6, unless=few),
        at_most("commit → SMTP accepted at rest, p50", statistics.median(at_rest), "s", 0.1),
        at_most("commit → SMTP accepted at rest, p99", sorted(at_rest)[int(len(at_rest) * 0.99)], "s", 0.5),
        at_most("seat freed → next person's mail, slowest", max(freed), "s", 2),
        fact("  seat freed → next person's mail, median", statistics.median(freed), "s"),
    ]


async def drain(bench: Bench) -> None:
    """Wait until all mails are out that are due."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        left = await bench.pool.fetchval(
            """
            SELECT (SELECT count(*) FROM contract.events WHERE planned_at IS NULL)
                 + (SELECT count(*) FROM notifications.deliveries
                    WHERE state IN ('due', 'sending') AND useless_from IS NULL)
            """
        )
        if left == 0:
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("the mails of the rounds before are not out")


async def _measure_rates(bench: Bench) -> tuple[list[float], list[float], list[float]]:
    """In turn: one worker, a bare loop with the bytes it sent, two workers; the first mails of a worker warm it up."""
    numbers = itertools.count()
    one, two, bare = [], [], []
    await _send_mails(bench, numbers, WARM)
    for _ in range(ROUNDS):
        rate, files = await _send_mails(bench, numbers, MAILS)
        one.append(rate)
        bare.append(await _send_bare(bench, files))
        async with process(bench.environment, "infra", "worker"):
            await _wait_for_consumers(bench, workers=2)
            await _send_mails(bench, numbers, WARM)
            two.append((await _send_mails(bench, numbers, MAILS))[0])
    return one, two, bare


async def _send_mails(bench: Bench, numbers: Iterator[int], count: int) -> tuple[float, list[Path]]:
    """Mails per second from one commit of many facts to the last mail accepted; and the files of the mails."""
    offer_id = await bench.offer("webinaire-etablissements")
    await bench.pool.execute("UPDATE campaigns.offers SET seats = seats + $2 WHERE id = $1", offer_id, count)
    before = set(bench.mails.iterdir())
    requests = [request_of(number, "debit") for number in itertools.islice(numbers, count)]
    doorbell = Doorbell(bench.settings.database_url)
    ringing = asyncio.create_task(doorbell.run())
    async with transaction(bench.pool) as connection:
        await register_pupils(
            connection,
            offer_id=offer_id,
            requests=requests,
            signer=Signer(bench.settings.secret_keys),
            now=datetime.now(UTC),
        )
    committed = time.time()
    doorbell.ring()
    files = await _wait_for_mails(bench, before, count)
    ringing.cancel()
    return count / (max(accepted_at(file) for file in files) - committed), files


async def _wait_for_consumers(bench: Bench, *, workers: int) -> None:
    """Until each of the workers listens to the broker."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        listening = await bench.pool.fetchval(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'quinzaine-broker' AND query LIKE 'LISTEN %' AND datname = current_database()
            """
        )
        if listening >= workers:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the workers do not listen")


async def _send_bare(bench: Bench, files: list[Path]) -> float:
    """The same bytes to the same sink over one connection, one after the other, nothing else done."""
    mails = [file.read_bytes().split(b"\r\n", 2)[2] for file in files]
    to = urlsplit(bench.settings.smtp_url)
    began = time.perf_counter()
    async with aiosmtplib.SMTP(hostname=to.hostname, port=to.port) as client:
        for mail in mails:
            await client.sendmail("bare@quinzaine.example", ["bare@quinzaine.example"], mail)
    return len(mails) / (time.perf_counter() - began)


async def _measure_at_rest(bench: Bench, base: str) -> list[float]:
    """Seconds from the answer of a registration, which follows its commit, to the mail's acceptance."""
    offer_id = await bench.offer("accueil-region")
    await bench.pool.execute("UPDATE campaigns.offers SET seats = seats + $2 WHERE id = $1", offer_id, SINGLE)
    took = []
    async with httpx.AsyncClient() as client:
        for number in range(SINGLE):
            before = set(bench.mails.iterdir())
            committed = time.time()
            answer = await client.post(f"{base}/api/v1/offers/{offer_id}/registrations", json=_body(number, "repos"))
            answer.raise_for_status()
            (file,) = await _wait_for_mails(bench, before, 1)
            took.append(accepted_at(file) - committed)
            await asyncio.sleep(0.1)
    return took


async def _measure_freed_seats(bench: Bench, base: str) -> list[float]:
    """Seconds from a withdrawal to the mail that offers the seat to the next."""
    offer_id = await bench.offer("accueil-agence")
    took = []
    async with httpx.AsyncClient() as client:
        url = f"{base}/api/v1/offers/{offer_id}/registrations"
        tokens = [(await client.post(url, json=_body(n, "file"))).json()["token"] for n in range(12 + FREED)]
        await drain(bench)
        for number in range(FREED):
            before = set(bench.mails.iterdir())
            freed = time.time()
            (await client.post(f"{base}/api/v1/registrations/{tokens[number]}/withdrawal")).raise_for_status()
            files = await _wait_for_mails(bench, before, 2)
            address = f"file.{_letters(12 + number)}@eleve.example".encode()
            (offered,) = [file for file in files if re.search(rb"^To: .*" + address, file.read_bytes(), re.MULTILINE)]
            took.append(accepted_at(offered) - freed)
            await asyncio.sleep(0.2)
    return took


async def _wait_for_mails(bench: Bench, before: set[Path], count: int) -> list[Path]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        files = [file for file in bench.mails.iterdir() if file not in before]
        if len(files) >= count:
            return files
        await asyncio.sleep(0.02 if count < 10 else 0.2)
    raise TimeoutError(f"{count} mails expected")


def accepted_at(file: Path) -> float:
    """When the sink accepted it, in seconds since the epoch."""
    return int(file.name.split(".")[0]) / 1e9


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _body(number: int, group: str) -> dict[str, object]:
    mark = _letters(number)
    return {
        "pupil": {"first_name": "Sacha", "last_name": f"Roy {group} {mark}", "email": f"{group}.{mark}@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
    }


def request_of(number: int, group: str) -> RegistrationRequest:
    """A pupil of this number; one of each group and number."""
    mark = _letters(number)
    return parse_request(
        first_name="Sacha",
        last_name=f"Roy {group} {mark}",
        email=f"{group}.{mark}@eleve.example",
        guardian_name=None,
        guardian_email=None,
        school_name="Lycée Jacques Prévert",
        school_uai=None,
        class_name="",
        idempotency_key=None,
    )
