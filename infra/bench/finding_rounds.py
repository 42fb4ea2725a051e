"""Rounds on finding: searches over five thousand offers, and five hundred open pages that ask for seats."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

from infra.bench.figures import Figure, at_most, fact, share
from infra.bench.load import request_bytes, send_load
from infra.bench.system import Bench, answers, process
from infra.bench.web_rounds import register_many
from services.campaigns.catalogue.finding.places import communes
from shared.database import Connection, transaction

OFFERS, SEARCHES, TOWNS, SLOW = 5_000, 400, 300, 30  # SLOW in ms
PEOPLE, EVERY, CONNECTIONS = 500, 5, 25  # EVERY in seconds
ROUNDS, REGISTRATIONS = 3, 3_000
WORDS = (
    *(
        "soudure",
        "bois",
        "pain",
        "moteur",
        "robot",
        "jardin",
        "théâtre",
        "livre",
        "voilier",
        "béton",
        "câble",
        "réseau",
    ),
    *("santé", "couture", "cuir", "verre", "fromage", "cidre", "pomme", "quai", "grue", "camion", "tracteur", "forêt"),
    *("scierie", "four", "cuisine", "accueil", "hôtel", "musée"),
)


async def measure_finding(bench: Bench) -> list[Figure]:
    """The 95th percentile of searches by one visitor after the other; registrations with and without open pages."""
    base = bench.settings.base_url
    chance = random.Random(5)  # noqa: S311  # the same searches in each run
    async with transaction(bench.pool) as connection:
        await _insert_offers(connection, chance)
    await bench.pool.execute("VACUUM ANALYZE")
    async with process(bench.environment, "infra", "web"):
        await answers(f"{base}/health")
        requests = [request_bytes("GET", f"{base}/?{urlencode(_search(chance))}") for _ in range(SEARCHES)]
        await send_load(base, iter(requests[:40]), connections=1)  # warm-up
        found = await send_load(base, iter(requests), connections=1)
        if set(found.statuses) != {200}:
            raise AssertionError(f"searches: {found.statuses}")
        alone, watched = await _register_watched(bench)
    return [
        at_most("search over 5,000 offers, p95", found.percentile(0.95) * 1000, "ms", SLOW),
        fact("  search, p50", found.percentile(0.5) * 1000, "ms"),
        share("registrations with 500 open pages / with none", watched, "/s", alone, 0.9),
    ]


async def _register_watched(bench: Bench) -> tuple[list[float], list[float]]:
    """Registrations per second on one offer, with nobody looking and with everybody looking, in turn."""
    offer_id = await bench.offer("semaine-pont-audemer")
    register = f"{bench.settings.base_url}/api/v1/offers/{offer_id}/registrations"
    numbers = itertools.count(1_000_000)
    await register_many(register, numbers, 500)  # warm-up
    alone, watched = [], []
    for _ in range(ROUNDS):
        alone.append((await register_many(register, numbers, REGISTRATIONS)).rate)
        async with _open_pages(f"{bench.settings.base_url}/places/semaine-pont-audemer"):
            watched.append((await register_many(register, numbers, REGISTRATIONS)).rate)
    return alone, watched


@asynccontextmanager
async def _open_pages(url: str) -> AsyncIterator[None]:
    """Five hundred people's questions, spread over some connections, each with the tag of the last answer."""
    tasks = [asyncio.create_task(_ask_again(url, EVERY * CONNECTIONS / PEOPLE)) for _ in range(CONNECTIONS)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ended:
        if not isinstance(end, asyncio.CancelledError):
            raise AssertionError(f"a page stopped asking: {end!r}")  # noqa: TRY004  # not of a type: of a failed bench


async def _ask_again(url: str, pause: float) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    etag = ""
    try:
        while True:
            writer.write(request_bytes("GET", url, headers={"If-None-Match": etag} if etag else {}))
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            fields = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
            if head.split()[1] == "200":
                await reader.readexactly(int(fields["content-length"]))
            etag = fields["etag"]
            await asyncio.sleep(pause)
    finally:
        writer.close()


def _search(chance: random.Random) -> dict[str, str]:
    """What a visitor may ask: a town, a word, every other one misspelt, now and then a filter."""
    asked = {}
    kind = chance.random()
    if kind < 0.6:
        asked["lieu"] = chance.choice([town.name for town in communes()[:TOWNS]])
    if kind > 0.3:
        word = chance.choice(WORDS)
        at = chance.randrange(len(word) - 1)
        asked["mots"] = word if chance.random() < 0.5 else word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if chance.random() < 0.2:
        asked["secteur"] = "s10"
    if chance.random() < 0.2:
        asked["libres"] = "oui"
    if chance.random() < 0.2:
        asked["semaine"] = "2027-06-14"
    return asked


async def _insert_offers(connection: Connection, chance: random.Random) -> None:
    """Offers of five days in three hundred towns, with a sector a day and a host a day."""
    towns = [town.name for town in communes()[:TOWNS]]
    await connection.execute(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, kind, title, summary, city, seats, opens_at, busy)
        SELECT gen_random_uuid(), 'bench-' || n, c.id, g.id,
               (ARRAY['collective_week', 'hosting', 'workshop', 'information_morning'])[1 + n % 4],
               title, summary, city, 15, now() - interval '1 day',
               tstzmultirange(tstzrange(starts_at, starts_at + interval '5 days'))
        FROM (SELECT id FROM campaigns.campaigns LIMIT 1) c,
             (SELECT id FROM campaigns.organisations ORDER BY id LIMIT 1) g,
             unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS given (n, title, summary, city),
             LATERAL (SELECT '2027-06-14T07:00Z'::timestamptz + make_interval(days => n % 9) AS starts_at) moment
        """,
        list(range(OFFERS)),
        [f"Découvrir {chance.choice(WORDS)} et {chance.choice(WORDS)}" for _ in range(OFFERS)],
        [" ".join(chance.choices(WORDS, k=12)) for _ in range(OFFERS)],
        [chance.choice(towns) for _ in range(OFFERS)],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector)
        SELECT gen_random_uuid(), id, lower(busy)::date + n, lower(busy)::date + n,
               's' || 1 + (hashtext(slug || n) & 65535) % 50
        FROM campaigns.offers, generate_series(0, 4) n WHERE slug LIKE 'bench-%'
        """
    )
    await connection.execute(
        """
        INSERT INTO campaigns.sessions (id, offer_id, day_id, starts_at, ends_at, title, kind, host_id, changed_at)
        SELECT gen_random_uuid(), d.offer_id, d.id, d.date + time '08:00', d.date + time '11:00', 'Visite', 'visit',
               (SELECT g.id FROM campaigns.organisations g WHERE g.kind = 'company'
                ORDER BY hashtext(g.slug || d.id) LIMIT 1), now()
        FROM campaigns.days d JOIN campaigns.offers o ON o.id = d.offer_id WHERE o.slug LIKE 'bench-%'
        """
    )
    await connection.execute("UPDATE campaigns.offers SET status = 'published' WHERE slug LIKE 'bench-%'")
