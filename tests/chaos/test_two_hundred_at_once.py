"""Two hundred pupils ask for fifteen seats at the same moment, through HTTP, and nobody gets a seat too many."""

import asyncio
import json
from collections import Counter
from itertools import cycle

import asyncpg
import httpx
import pytest

from infra.bench.load import request_bytes, send_load
from services.campaigns.offers import lock_offer, register_pupils
from services.campaigns.offers.turnstile import Turnstile
from shared.database import Pool, transaction
from shared.outbox import Doorbell
from shared.signed_links import Signer
from tests.processes import web
from tests.world import Week, a_pupil, a_week

pytestmark = pytest.mark.anyio

PUPILS, SEATS = 200, 15


async def weeks(pool: Pool, count: int, seats: int = SEATS) -> list[Week]:
    async with transaction(pool) as connection:
        return [await a_week(connection, seats=seats, slug=f"semaine-{number}") for number in range(count)]


def body(week: int, number: int) -> dict:
    return {
        "pupil": {
            "first_name": "Camille",
            "last_name": "D" + "".join(chr(97 + int(digit)) for digit in f"{week:02}{number:03}"),
            "email": f"eleve-{week}-{number}@eleve.example",
        },
        "guardian": None,
        "school": {"name": "Lycée Jacques Prévert", "uai": None},
        "class_name": "2nde 4",
    }


async def ask(client: httpx.AsyncClient, url: str, week: Week, content: object, key: str) -> httpx.Response:
    address, headers = f"{url}/api/v1/offers/{week.offer_id}/registrations", {"Idempotency-Key": key}
    return await client.post(address, json=content, headers=headers)


def client() -> httpx.AsyncClient:
    """A client that opens a connection for each request: one that lay idle may be closed under it."""
    return httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=PUPILS, max_keepalive_connections=0))


async def check_the_truth(
    pool: Pool, week: Week, answers: list[dict], *, seats: int = SEATS, pupils: int = PUPILS
) -> None:
    """Exactly so many seats, a queue without gap, and every answer what the table says."""
    assert Counter(answer["status"] for answer in answers) == {"confirmed": seats, "waiting": pupils - seats}
    assert sorted(answer["position"] for answer in answers if answer["position"]) == list(range(1, pupils - seats + 1))
    rows = await pool.fetch(
        "SELECT id::text, status, rank FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", week.offer_id
    )
    assert [row["rank"] for row in rows] == list(range(1, pupils + 1))
    assert {row["id"]: row["status"] for row in rows} == {answer["id"]: answer["status"] for answer in answers}
    queue = [row["id"] for row in rows if row["status"] == "waiting"]
    assert queue == [
        answer["id"] for answer in sorted((a for a in answers if a["position"]), key=lambda a: a["position"])
    ]
    offer = await pool.fetchrow("SELECT taken, waiting FROM campaigns.offers WHERE id = $1", week.offer_id)
    assert (offer["taken"], offer["waiting"]) == (seats, pupils - seats)
    facts = await pool.fetchval(
        """
        SELECT count(*) FROM contract.events
        WHERE offer_id = $1 AND tag IN ('registration.confirmed', 'registration.waiting')
        """,
        week.offer_id,
    )
    assert facts == pupils


async def test_twenty_times_exactly_fifteen_of_two_hundred_are_confirmed(pool, settings, tmp_path):
    async with web(settings, tmp_path) as (url,):
        for number, week in enumerate(await weeks(pool, 20)):
            address = f"{url}/api/v1/offers/{week.offer_id}/registrations"
            asked = [
                request_bytes(
                    "POST", address, json.dumps(body(number, pupil)).encode(), {"Idempotency-Key": f"k{pupil}"}
                )
                for pupil in range(PUPILS)
            ]
            answers = await send_load(address, iter(asked), connections=PUPILS, keep_bodies=True)
            assert answers.statuses == {201: PUPILS}
            await check_the_truth(pool, week, [json.loads(content) for content in answers.bodies])


async def test_the_same_with_two_web_processes_and_a_bad_member_in_each_batch(pool, settings, tmp_path):
    async with web(settings, tmp_path, processes=2) as urls, client() as http:
        for number, week in enumerate(await weeks(pool, 3)):
            doors = cycle(urls)
            asked = [ask(http, next(doors), week, body(number, pupil), f"k{pupil}") for pupil in range(PUPILS)]
            # the worst that passes the form: a key that was used for another body, and the same pupil again
            bad = [ask(http, url, week, body(number, 900 + place), "k0") for place, url in enumerate(urls)]
            bad += [ask(http, url, week, body(number, 1), f"other-{url}") for url in urls]
            bad += [ask(http, url, week, {"pupil": 3}, "malformed") for url in urls]
            answers = await asyncio.gather(*asked, *bad)
            good = [answer for answer in answers if answer.status_code in (200, 201)]
            # whoever came first with a key or a pupil has it; the other is told no
            assert Counter(answer.status_code // 100 for answer in answers) == {2: PUPILS, 4: len(bad)}
            await check_the_truth(pool, week, [answer.json() for answer in good])


async def test_clients_who_hang_up_change_nothing(pool, settings, tmp_path):
    async with web(settings, tmp_path) as (url,), client() as http:
        (week,) = await weeks(pool, 1)
        asked = [asyncio.create_task(ask(http, url, week, body(0, pupil), f"k{pupil}")) for pupil in range(PUPILS)]
        await asyncio.sleep(0.15)
        for task in asked[::3]:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        # who hung up asks again with the same key and learns what became of it
        answers = await asyncio.gather(*[ask(http, url, week, body(0, pupil), f"k{pupil}") for pupil in range(PUPILS)])
        assert {answer.status_code for answer in answers} <= {200, 201}
        await check_the_truth(pool, week, [answer.json() for answer in answers])


async def test_a_database_connection_cut_in_the_middle_leaves_every_answer_true(pool, settings, tmp_path):
    async with web(settings, tmp_path) as (url,), client() as http:
        (week,) = await weeks(pool, 1)

        async def cut() -> None:
            for _ in range(5):
                await asyncio.sleep(0.03)
                await pool.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND query NOT LIKE '%pg_stat_activity%'
                    """
                )

        cutting = asyncio.create_task(cut())
        answers = await asyncio.gather(*[ask(http, url, week, body(0, pupil), f"k{pupil}") for pupil in range(PUPILS)])
        await asyncio.gather(cutting, return_exceptions=True)
        assert {answer.status_code for answer in answers} <= {201, 503}
        again = await asyncio.gather(*[ask(http, url, week, body(0, pupil), f"k{pupil}") for pupil in range(PUPILS)])
        for before, after in zip(answers, again, strict=True):
            assert before.status_code == 503 or before.json() == after.json()
        await check_the_truth(pool, week, [answer.json() for answer in again])


async def test_without_the_lock_the_same_crowd_oversells(pool, settings, monkeypatch):
    """The negative control: the lock and its last guard are taken away, and the race does happen."""
    (week,) = await weeks(pool, 1)
    await pool.execute("ALTER TABLE campaigns.offers DROP CONSTRAINT never_more_taken_than_seats")
    await pool.execute("ALTER TABLE campaigns.registrations DROP CONSTRAINT registrations_offer_id_rank_key")
    monkeypatch.setattr(lock_offer, "LOCK_OFFER", lock_offer.LOCK_OFFER.replace("FOR NO KEY UPDATE", ""))
    assert register_pupils.lock_offer is lock_offer.lock_offer
    doors = [Turnstile(pool, Signer(settings.secret_keys), Doorbell(settings.database_url)) for _ in range(8)]
    asked = [
        door.register(week.offer_id, a_pupil(number)) for number, door in zip(range(PUPILS), cycle(doors), strict=False)
    ]
    await asyncio.gather(*asked, return_exceptions=True)
    confirmed = await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'confirmed'")
    assert confirmed > SEATS


async def test_without_the_lock_the_check_has_the_last_word(pool, settings, monkeypatch):
    (week,) = await weeks(pool, 1)
    monkeypatch.setattr(lock_offer, "LOCK_OFFER", lock_offer.LOCK_OFFER.replace("FOR NO KEY UPDATE", ""))
    doors = [Turnstile(pool, Signer(settings.secret_keys), Doorbell(settings.database_url)) for _ in range(8)]
    asked = [
        door.register(week.offer_id, a_pupil(number)) for number, door in zip(range(40), cycle(doors), strict=False)
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert any(isinstance(outcome, asyncpg.IntegrityConstraintViolationError) for outcome in outcomes)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'confirmed'") <= SEATS
