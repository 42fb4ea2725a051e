"""Rounds on the planners' pages: a week of forty sessions in three groups, five hundred offers with their pupils."""

import itertools
from datetime import UTC, datetime
from uuid import UUID

from infra.bench.figures import Figure, at_most
from infra.bench.load import request_bytes, send_load
from infra.bench.system import Bench, answers, process
from services.campaigns.access.sign_in_person import open_device
from shared.database import Connection, transaction
from shared.identifiers import new_id

PLANNER = "coline.berthaud@risle.example"
OFFERS, REGISTRATIONS, ASKED = 500, 20_000, 200
SLOW = 50  # ms


async def measure_planning(bench: Bench) -> list[Figure]:
    """The 95th percentile of each page, asked for by one planner, one page after the other."""
    async with transaction(bench.pool) as connection:
        person_id = await connection.fetchval("SELECT person_id FROM campaigns.accounts WHERE email = $1", PLANNER)
        secret = await open_device(connection, person_id=person_id, agent="", now=datetime.now(UTC))
        await _draw_week(connection)
        await _fill(connection)
    await bench.pool.execute("ANALYZE")
    base, cookie = bench.settings.base_url, {"Cookie": f"quinzaine={secret}"}
    figures = []
    async with process(bench.environment, "infra", "web"):
        await answers(f"{base}/health")
        for name, path in (
            ("builder, 40 sessions in 3 groups, p95", "/planification/bench-semaine/semaine"),
            ("planner's home, 500 offers, 20,000 registrations, p95", "/planification"),
            ("list of 500 offers, p95", "/planification/offres"),
            ("one offer and its pupils, p95", "/planification/bench-0"),
        ):
            requests = itertools.repeat(request_bytes("GET", base + path, headers=cookie), ASKED)
            found = await send_load(base + path, requests, connections=1)
            if set(found.statuses) != {200}:
                raise AssertionError(f"{path}: {found.statuses}")
            figures.append(at_most(name, found.percentile(0.95) * 1000, "ms", SLOW))
    return figures


async def _draw_week(connection: Connection) -> None:
    """Five days of eight sessions: two of everybody, and six of three groups that rotate."""
    offer_id = new_id()
    await _insert_offer(connection, offer_id, "bench-semaine")
    await connection.execute(
        "INSERT INTO campaigns.groups (id, offer_id, name) SELECT gen_random_uuid(), $1, unnest('{A,B,C}'::text[])",
        offer_id,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.sessions
            (id, offer_id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place, contact,
             changed_at)
        SELECT gen_random_uuid(), $1, d.id, CASE WHEN slot.hour IN (8, 12) THEN NULL ELSE g.id END,
               (d.date + make_interval(hours => slot.hour)) AT TIME ZONE 'Europe/Paris',
               (d.date + make_interval(hours => slot.hour + slot.length)) AT TIME ZONE 'Europe/Paris',
               'Découvrir l’atelier ' || slot.hour, CASE slot.hour WHEN 12 THEN 'meal' ELSE 'visit' END,
               host.id, host.site_id, host.address, 'À l’accueil', now()
        FROM campaigns.days d
        CROSS JOIN (VALUES (8, 1), (9, 3), (12, 1), (13, 3)) slot (hour, length)
        JOIN LATERAL (SELECT id, row_number() OVER (ORDER BY name) AS number FROM campaigns.groups
                      WHERE offer_id = $1) g ON slot.hour NOT IN (8, 12) OR g.number = 1
        JOIN LATERAL (SELECT o.id, s.id AS site_id, s.address FROM campaigns.organisations o
                      JOIN campaigns.sites s ON s.organisation_id = o.id
                      ORDER BY o.id OFFSET g.number LIMIT 1) host ON true
        WHERE d.offer_id = $1
        """,
        offer_id,
    )


async def _insert_offer(connection: Connection, offer_id: UUID, slug: str) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, kind, title, city, seats, status, busy)
        SELECT $1, $2, campaign_id, organisation_id, kind, title || ' ' || $2, city, 100, 'draft', busy
        FROM campaigns.offers WHERE slug = 'semaine-pont-audemer'
        """,
        offer_id,
        slug,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector)
        SELECT gen_random_uuid(), $1, d.date, d.instance_on, d.sector
        FROM campaigns.days d JOIN campaigns.offers o ON o.id = d.offer_id WHERE o.slug = 'semaine-pont-audemer'
        """,
        offer_id,
    )


async def _fill(connection: Connection) -> None:
    """So many offers, forty pupils in each."""
    ids = [new_id() for _ in range(OFFERS)]
    for number, offer_id in enumerate(ids):
        await _insert_offer(connection, offer_id, f"bench-{number}")
    each = REGISTRATIONS // OFFERS
    await connection.execute(
        "UPDATE campaigns.offers SET status = 'published', taken = $2, next_rank = $2 + 1 WHERE id = ANY($1::uuid[])",
        ids,
        each,
    )
    await connection.execute(
        """
        WITH people AS (
            INSERT INTO contract.people (id, first_name, last_name, email)
            SELECT gen_random_uuid(), 'Camille', 'Dupré ' || n, 'c' || n || '@eleve.example'
            FROM generate_series(1, $1) n
            RETURNING id
        )
        INSERT INTO campaigns.pupils (id, identity, school_name, class_name)
        SELECT id, decode(md5(id::text), 'hex'), 'Lycée Jacques Prévert', '2nde 4' FROM people
        """,
        REGISTRATIONS,
    )
    await connection.execute(
        """
        INSERT INTO campaigns.registrations
            (id, offer_id, pupil_id, status, rank, idempotency_key, body_hash, created_at, changed_at)
        SELECT gen_random_uuid(), ($1::uuid[])[(n - 1) / $2 + 1], id, 'confirmed', (n - 1) % $2 + 1, id::text,
               ''::bytea, now(), now()
        FROM (SELECT id, row_number() OVER () AS n FROM campaigns.pupils
              WHERE identity = decode(md5(id::text), 'hex')) pupil
        """,
        ids,
        each,
    )
