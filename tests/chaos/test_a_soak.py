"""The same pupils at offers of the same week, with planners who move things: no deadlock, no 500, and all that is true.

READ COMMITTED is enough because each verb locks one offer first; where pupils, offers and times cross, the order of the
locks has to hold. A deadlock would be repeated by nobody: it would be a 500.
"""

import asyncio
import random
from collections import Counter
from uuid import UUID

import asyncpg
import httpx
import pytest

from infra.doctor.truths import look_at_truths
from shared.database import Connection, transaction
from shared.signed_links import Signer
from tests.processes import web
from tests.world import Week, a_week

pytestmark = pytest.mark.anyio

OFFERS, PUPILS, ACTS, CROWD = 4, 10, 50, 10
ONE_EACH = httpx.Limits(max_connections=CROWD + 2, max_keepalive_connections=0)


class Crowd:
    """Clients who do what comes to mind; the answers are counted."""

    def __init__(self, http: httpx.AsyncClient, urls: list[str], weeks: list[Week], planner: dict[str, str]) -> None:
        self.http, self.urls, self.weeks, self.planner = http, urls, weeks, planner
        self.tokens: list[str] = []
        self.answers: Counter[int] = Counter()

    async def act(self, number: int) -> None:
        """One client's life."""
        chance = random.Random(number)  # noqa: S311  # a story that can be told again
        for turn in range(ACTS):
            url, week = chance.choice(self.urls), chance.choice(self.weeks)
            what = chance.choices(("register", "answer", "session", "seats", "queue"), (6, 6, 1, 1, 1))[0]
            if what == "register" or (what == "answer" and not self.tokens):
                got = await self._register(url, week, chance.randrange(PUPILS), f"{number}-{turn}")
            elif what == "answer":
                path = chance.choice(("acceptance", "refusal", "withdrawal", "withdrawal"))
                got = await self.http.post(f"{url}/api/v1/registrations/{chance.choice(self.tokens)}/{path}")
            elif what == "session":
                session, place = chance.choice(week.sessions), f"{chance.randrange(90)} quai Mauquest"
                got = await self.http.patch(
                    f"{url}/api/v1/sessions/{session}", json={"place": place}, headers=self.planner
                )
            else:
                body = {"seats": chance.randrange(2, 6)}
                got = await self.http.patch(f"{url}/api/v1/offers/{week.offer_id}", json=body, headers=self.planner)
            self.answers[got.status_code] += 1

    async def _register(self, url: str, week: Week, pupil: int, key: str) -> httpx.Response:
        name = f"D{chr(97 + pupil)}"
        body = {
            "pupil": {"first_name": "Camille", "last_name": name, "email": f"{name}@eleve.example"},
            "school": {"name": "Lycée Jacques Prévert"},
            "class_name": "2nde 4",
        }
        got = await self.http.post(
            f"{url}/api/v1/offers/{week.offer_id}/registrations", json=body, headers={"Idempotency-Key": key}
        )
        if got.is_success:
            self.tokens.append(got.json()["token"])
        return got


async def test_pupils_and_planners_who_cross_never_lock_each_other_out(pool, settings, tmp_path):
    async with transaction(pool) as connection:
        weeks = [await a_week(connection, seats=3, slug=f"semaine-{number}") for number in range(OFFERS)]
    planner = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', UUID(int=0))}"}
    async with web(settings, tmp_path, processes=2) as urls, httpx.AsyncClient(timeout=60, limits=ONE_EACH) as http:
        crowd = Crowd(http, urls, weeks, planner)
        await asyncio.gather(*(crowd.act(number) for number in range(CROWD)))
    assert sum(crowd.answers.values()) == CROWD * ACTS
    assert set(crowd.answers) <= {200, 201, 409, 410, 422}, crowd.answers
    assert crowd.answers[200] > ACTS
    assert crowd.answers[201] > ACTS
    logs = "".join(log.read_text() for log in tmp_path.glob("web*.log"))
    assert "deadlock" not in logs
    assert "Traceback" not in logs
    async with pool.acquire() as connection:
        assert (
            await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
        )
        assert [finding for finding in await look_at_truths(connection) if finding.state == "bad"] == []


async def test_two_who_lock_crosswise_are_counted(pool, database_url):
    async with transaction(pool) as connection:
        offers = [(await a_week(connection, slug=f"semaine-{number}")).offer_id for number in range(2)]
    lock = "SELECT FROM campaigns.offers WHERE id = $1 FOR UPDATE"
    clients = [await asyncpg.connect(database_url) for _ in range(2)]
    for client, offer_id in zip(clients, offers, strict=True):
        await client.execute("BEGIN")
        await client.execute(lock, offer_id)
    crosswise = [client.execute(lock, offer_id) for client, offer_id in zip(clients, reversed(offers), strict=True)]
    refused = await asyncio.gather(*crosswise, return_exceptions=True)
    assert sum(isinstance(each, asyncpg.DeadlockDetectedError) for each in refused) == 1
    for client in clients:
        await client.close()
    async with pool.acquire() as connection:
        assert await count_deadlocks(connection) == 1


async def count_deadlocks(connection: Connection) -> int:
    """The deadlocks of this database, of connections that are closed."""
    return int(await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
