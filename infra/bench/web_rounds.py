"""Rounds on the web process: registrations on one hot offer, feeds, and their limits in turn."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import httpx

from infra.bench.figures import Figure, fact, share
from infra.bench.load import Answers, request_bytes, send_load
from infra.bench.system import Bench, answers, process
from shared.identifiers import new_id

ROUNDS = 3
REGISTRATIONS, PLAIN, COMMITS = 4_000, 6_000, 3_000
CLIENTS, OFFERS = 64, 20


async def measure_web(bench: Bench) -> list[Figure]:
    """Each round measures everything once, so that a slow minute of the machine slows all of it."""
    base = bench.settings.base_url
    numbers = itertools.count()
    offer_id = await bench.offer("semaine-pont-audemer")
    register = f"{base}/api/v1/offers/{offer_id}/registrations"
    feed = f"{base}/calendars/semaine-pont-audemer.ics"
    names = ("commits", "empty", "register", "spread", "plain", "feed", "same")
    found: dict[str, list[float]] = {name: [] for name in names}
    many = [f"{base}/api/v1/offers/{each}/registrations" for each in await _open_offers(bench)]
    latencies: list[Answers] = []
    async with process(bench.environment, "infra.bench.server"):
        await answers(f"{base}/health")
        async with httpx.AsyncClient() as client:
            etag = (await client.get(feed, headers={"Accept-Encoding": "identity"})).headers["etag"]
        await register_many(register, numbers, 500)  # warm-up
        for _ in range(ROUNDS):
            found["commits"].append(await _commit_rows(bench.settings.database_url))
            found["empty"].append((await _post(f"{base}/bench/empty", numbers, REGISTRATIONS)).rate)
            registered = await register_many(register, numbers, REGISTRATIONS)
            latencies.append(registered)
            found["register"].append(registered.rate)
            found["spread"].append((await register_many(many, numbers, REGISTRATIONS)).rate)
            found["plain"].append((await get_many(f"{base}/bench/plain", {})).rate)
            found["feed"].append((await get_many(feed, {})).rate)
            found["same"].append((await get_many(feed, {"If-None-Match": etag}, expect=304)).rate)
    await _check(bench, offer_id)
    return [
        share("registrations on one hot offer / one-row commits", found["register"], "/s", found["commits"], 0.6),
        share("registrations on one hot offer / empty POST", found["register"], "/s", found["empty"], 0.7),
        share(f"registrations on {OFFERS} offers at once / on one", found["spread"], "/s", found["register"], 0.8),
        fact("  registration, p50", [a.percentile(0.5) * 1000 for a in latencies], "ms"),
        fact("  registration, p99", [a.percentile(0.99) * 1000 for a in latencies], "ms"),
        share("warm feed / plain answer", found["feed"], "/s", found["plain"], 0.9),
        share("feed 304 / plain answer", found["same"], "/s", found["plain"], 0.9),
    ]


async def _check(bench: Bench, offer_id: UUID) -> None:
    """A fast answer counts only when it is true: no seat too many, no rank missing."""
    row = await bench.pool.fetchrow(
        """
        SELECT o.seats, count(*) FILTER (WHERE r.status = 'confirmed') AS confirmed, count(*) AS all,
               max(r.rank) AS last
        FROM campaigns.offers o JOIN campaigns.registrations r ON r.offer_id = o.id WHERE o.id = $1 GROUP BY o.id
        """,
        offer_id,
    )
    if row is None or row["confirmed"] != row["seats"] or row["last"] != row["all"]:
        raise AssertionError(f"the bench oversold or lost somebody: {row}")


async def _open_offers(bench: Bench) -> list[UUID]:
    """Twenty weeks like that of the demo, each with room."""
    rows = await bench.pool.fetch(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, kind, title, city, seats, status, busy, opens_at)
        SELECT gen_random_uuid(), 'foule-' || n, campaign_id, organisation_id, kind, title, city, 100, 'published',
               busy, opens_at
        FROM campaigns.offers, generate_series(1, $1) n WHERE slug = 'semaine-pont-audemer'
        RETURNING id
        """,
        OFFERS,
    )
    return [row["id"] for row in rows]


async def register_many(urls: str | list[str], numbers: Iterator[int], count: int) -> Answers:
    """Register so many pupils one by one, 64 at a time, on each offer in turn; raises AssertionError for a refusal."""
    return await _post(urls, numbers, count, expect=201)


async def _post(urls: str | list[str], numbers: Iterator[int], count: int, expect: int = 200) -> Answers:
    each = [urls] if isinstance(urls, str) else urls
    requests = [
        request_bytes("POST", url, _body(number), {"Idempotency-Key": f"bench-{number}"})
        for number, url in zip(itertools.islice(numbers, count), itertools.cycle(each), strict=False)
    ]
    return _all(await send_load(each[0], iter(requests), connections=CLIENTS), expect)


async def get_many(url: str, headers: dict[str, str], expect: int = 200) -> Answers:
    """Ask six thousand times, 64 at a time; raises AssertionError where another status comes."""
    requests = itertools.repeat(request_bytes("GET", url, headers=headers), PLAIN)
    return _all(await send_load(url, requests, connections=CLIENTS), expect)


def _all(found: Answers, expect: int) -> Answers:
    if set(found.statuses) != {expect}:
        raise AssertionError(f"expected {expect} only, got {found.statuses}")
    return found


def _body(number: int) -> bytes:
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return json.dumps(
        {
            "pupil": {"first_name": "Camille", "last_name": f"Dupré {letters}", "email": f"c.{letters}@eleve.example"},
            "guardian": None,
            "school": {"name": "Lycée Jacques Prévert", "uai": None},
            "class_name": "2nde 4",
        }
    ).encode()


async def _commit_rows(database_url: str) -> float:
    """One-row commits per second of one process over sixteen connections: what the disk and the protocol allow."""
    connections = [await asyncpg.connect(database_url) for _ in range(16)]
    await connections[0].execute(
        "CREATE TABLE IF NOT EXISTS public.bench_rows (id uuid PRIMARY KEY, body text NOT NULL)"
    )
    numbers = iter(range(COMMITS))

    async def commit(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for _ in numbers:
            await connection.execute("INSERT INTO bench_rows VALUES ($1, $2)", new_id(), "x" * 100)

    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*[commit(connection) for connection in connections])
    seconds = loop.time() - began
    for connection in connections:
        await connection.close()
    return COMMITS / seconds
