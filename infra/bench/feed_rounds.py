"""Rounds on a feed of two thousand sessions: asked for again and again, rewritten after a change, and flooded."""

import asyncio
import itertools
import random
import statistics
from datetime import UTC, datetime
from time import perf_counter
from uuid import UUID

import httpx

from infra.bench.figures import Figure, at_most, fact, share
from infra.bench.load import request_bytes, send_load
from infra.bench.system import Bench, answers, process
from infra.bench.web_rounds import get_many
from services.campaigns.feeds.public.departements import DEPARTEMENTS
from services.campaigns.feeds.public.shelf import Asked, PublicShelf
from services.campaigns.feeds.public.writing import Place
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.session import SessionChange
from shared.database import Connection, transaction
from shared.identifiers import new_id

OFFERS, SESSIONS = 200, 10
SLUG = "toutes-les-seances"
ROUNDS, CHANGES, QUESTIONS = 3, 15, 600
WORDS = (
    "soudure",
    "bois",
    "pain",
    "moteur",
    "jardin",
    "théâtre",
    "béton",
    "santé",
    "couture",
    "verre",
    "cidre",
    "quai",
)


async def measure_feeds(bench: Bench) -> list[Figure]:
    """Each round asks for everything once; a rewriting is timed from the change's commit to the new bytes."""
    base = bench.settings.base_url
    async with transaction(bench.pool) as connection:
        await _insert_offers(connection, random.Random(7))  # noqa: S311  # the same offers in each run
    await bench.pool.execute("VACUUM ANALYZE")
    address = f"{base}/calendars/{SLUG}.ics"
    gzip = {"Accept-Encoding": "gzip"}
    found: dict[str, list[float]] = {name: [] for name in ("plain", "bytes", "feed", "same")}
    async with process(bench.environment, "infra.bench.server"):
        await answers(f"{base}/health")
        async with httpx.AsyncClient() as client:
            answer = await client.get(address, headers=gzip)
        if answer.text.count("BEGIN:VEVENT") < OFFERS * SESSIONS:
            raise AssertionError("the feed is not as big as it should be")
        for _ in range(ROUNDS):
            found["plain"].append((await get_many(f"{base}/bench/plain", {})).rate)
            length = answer.headers["content-length"]
            found["bytes"].append((await get_many(f"{base}/bench/bytes?{length}", {})).rate)
            found["feed"].append((await get_many(address, gzip)).rate)
            known = {**gzip, "If-None-Match": answer.headers["etag"]}
            found["same"].append((await get_many(address, known, expect=304)).rate)
        flooded, questions = await _flood(base)
    anew, changed = await _rewrite(bench)
    return [
        share("warm feed of 2,000 sessions / plain answer", found["feed"], "/s", found["plain"], 0.9),
        share("  the same / as many bytes from memory", found["feed"], "/s", found["bytes"], 0.8),
        share("  its 304 / plain answer", found["same"], "/s", found["plain"], 0.9),
        fact("  written anew", [seconds * 1000 for seconds in anew], "ms"),
        fact("  rewritten after one change", [seconds * 1000 for seconds in changed], "ms"),
        at_most("  rewritten / written anew", 100 * statistics.median(changed) / statistics.median(anew), "%", 15),
        fact("  filtered feeds in a flood of different ones", questions, "/s"),
        at_most("  a warm feed meanwhile, p95", flooded * 1000, "ms", 100),
    ]


async def _flood(base: str) -> tuple[float, float]:
    """The 95th percentile of who asks for one feed while others ask for all there are; and their answers per second."""
    pairs = itertools.islice(itertools.combinations(DEPARTEMENTS, 2), QUESTIONS)
    urls = [f"{base}/calendars/{SLUG}.ics?departement={one}&departement={other}" for one, other in pairs]
    flood = asyncio.create_task(
        send_load(base, iter([request_bytes("GET", url, headers={"Accept-Encoding": "gzip"}) for url in urls]))
    )
    warm = request_bytes("GET", f"{base}/calendars/semaine-pont-audemer.ics", headers={"Accept-Encoding": "gzip"})
    meanwhile = await send_load(
        base, itertools.takewhile(lambda _: not flood.done(), itertools.repeat(warm)), connections=1
    )
    found = await flood
    if set(found.statuses) != {200} or set(meanwhile.statuses) != {200}:
        raise AssertionError(f"flood: {found.statuses}, meanwhile: {meanwhile.statuses}")
    return meanwhile.percentile(0.95), found.rate


async def _rewrite(bench: Bench) -> tuple[list[float], list[float]]:
    """Seconds to write the feed by who knows nothing, and after one session's change by who has it."""
    asked = Asked(SLUG, "ics", "fr")

    def shelf() -> PublicShelf:
        place = Place(bench.settings.mail_domain, bench.settings.base_url)
        return PublicShelf(bench.pool, memory_seconds=0, place=place)

    anew, changed = [], []
    for _ in range(ROUNDS):
        kept = shelf()
        began = perf_counter()
        await kept.fetch(asked)
        anew.append(perf_counter() - began)
    ids: list[UUID] = [
        row["id"]
        for row in await bench.pool.fetch(
            """
            SELECT s.id FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id
            WHERE o.slug LIKE 'flux-%' ORDER BY s.id LIMIT $1
            """,
            CHANGES,
        )
    ]
    for number, session_id in enumerate(ids):
        async with transaction(bench.pool) as connection:
            change = SessionChange(title=f"Fonderie {number}")
            await change_session(connection, session_id=session_id, change=change, now=datetime.now(UTC))
        began = perf_counter()
        await kept.fetch(asked)
        changed.append(perf_counter() - began)
    old, new = await kept.fetch(asked), await shelf().fetch(asked)
    if old is None or new is None or old.plain.body != new.plain.body:
        raise AssertionError("what was rewritten is not what is written anew")
    return anew, changed


async def _insert_offers(connection: Connection, chance: random.Random) -> None:
    """Two hundred weeks of ten sessions in four départements, published."""
    towns = ("27500 Pont-Audemer", "14000 Caen", "76000 Rouen", "61000 Alençon")
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.offers (id, slug, campaign_id, organisation_id, kind, title, city, seats, opens_at)
        SELECT gen_random_uuid(), 'flux-' || n, c.id, g.id, 'collective_week', title, 'Pont-Audemer', 15,
               now() - interval '1 day'
        FROM (SELECT id FROM campaigns.campaigns LIMIT 1) c,
             (SELECT id FROM campaigns.organisations ORDER BY id LIMIT 1) g,
             unnest($1::int[], $2::text[]) AS given (n, title)
        RETURNING id
        """,
        list(range(OFFERS)),
        [f"Découvrir {chance.choice(WORDS)} et {chance.choice(WORDS)}" for _ in range(OFFERS)],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector)
        SELECT gen_random_uuid(), id, first + n, first + n, 's' || 1 + (hashtext(slug || n) & 65535) % 50
        FROM campaigns.offers, generate_series(0, 4) n,
             LATERAL (SELECT date '2027-06-14' + 7 * (hashtext(slug) & 1) AS first) week
        WHERE slug LIKE 'flux-%'
        """
    )
    halves = await connection.fetch(
        """
        SELECT d.offer_id, d.id AS day_id, d.date + hour AS starts_at, d.date + hour + interval '2 hours' AS ends_at,
               (SELECT g.id FROM campaigns.organisations g WHERE g.kind = 'company'
                ORDER BY hashtext(g.slug || d.id) LIMIT 1) AS host_id
        FROM campaigns.days d JOIN campaigns.offers o ON o.id = d.offer_id,
             unnest(ARRAY['08:00'::time, '12:00'::time]) hour
        WHERE o.slug LIKE 'flux-%' ORDER BY o.id, d.date, hour
        """
    )
    await connection.executemany(
        """
        INSERT INTO campaigns.sessions
            (id, offer_id, day_id, starts_at, ends_at, title, kind, host_id, place, meeting_point, access, bring,
             changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'visit', $7, $8, 'Devant la grille', $9, 'Chaussures fermées', now())
        """,
        [
            (
                new_id(),
                *(half["offer_id"], half["day_id"], half["starts_at"], half["ends_at"]),
                f"Visite : {chance.choice(WORDS)}",
                half["host_id"],
                f"{chance.randrange(1, 80)} rue du {chance.choice(WORDS)}, {chance.choice(towns)}",
                f"Bus {chance.randrange(1, 40)}, arrêt {chance.choice(WORDS)}",
            )
            for half in halves
        ],
    )
    for row in rows:
        await publish_offer(connection, offer_id=row["id"], now=datetime.now(UTC))
