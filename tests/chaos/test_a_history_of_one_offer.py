"""Pupils and a planner at one offer, all at once, through two web processes: the answers fit one order of it all."""

import asyncio
import random
import time
from uuid import UUID

import httpx
import pytest

from shared.database import transaction
from shared.signed_links import Signer
from tests.chaos.history import Answer, Kind, Offer, Operation, explain
from tests.processes import web
from tests.world import Week, a_week

pytestmark = pytest.mark.anyio

PUPILS, ROUNDS = 8, 8
# a connection for each request: one that lay idle may be closed under it
ONE_EACH = httpx.Limits(max_connections=20, max_keepalive_connections=0)


class Clients:
    """Everybody at one offer; each request goes to the one web process or the other, and is written down."""

    def __init__(
        self, http: httpx.AsyncClient, urls: list[str], week: Week, planner: dict[str, str], seed: int
    ) -> None:
        self.http, self.urls, self.week, self.planner = http, urls, week, planner
        self.random = random.Random(seed)  # noqa: S311  # a story that can be told again
        self.history: list[Operation] = []

    async def ask(self, kind: Kind, number: int, token: str = "") -> str:
        """One operation, noted with its answer; the token of who registers."""
        url = self.random.choice(self.urls)
        began = time.monotonic()
        got = await self._send(url, kind, number, token)
        body = got.json()
        answer: Answer = (got.status_code, "", None)
        if got.is_success and kind != "seats":
            answer = (got.status_code, body["status"], body["position"])
        self.history.append(Operation(kind, number, began, time.monotonic(), answer))
        return str(body.get("token", token))

    async def _send(self, url: str, kind: Kind, number: int, token: str) -> httpx.Response:
        offer, registration = f"{url}/api/v1/offers/{self.week.offer_id}", f"{url}/api/v1/registrations/{token}"
        if kind == "register":
            name = f"D{chr(97 + number)}"
            pupil = {"first_name": "Camille", "last_name": name, "email": f"{name}.{self.week.slug}@eleve.example"}
            body = {"pupil": pupil, "school": {"name": "Lycée Jacques Prévert"}, "class_name": "2nde 4"}
            return await self.http.post(f"{offer}/registrations", json=body, headers={"Idempotency-Key": f"k{number}"})
        if kind == "seats":
            return await self.http.patch(offer, json={"seats": number}, headers=self.planner)
        if kind == "read":
            return await self.http.get(registration)
        path = {"accept": "acceptance", "refuse": "refusal", "withdraw": "withdrawal"}[kind]
        return await self.http.post(f"{registration}/{path}")

    async def be_a_pupil(self, number: int) -> None:
        """Register, and then what comes to mind."""
        token = await self.ask("register", number)
        for kind in self.random.choices(("read", "accept", "refuse", "withdraw"), (3, 3, 1, 1), k=3):
            await asyncio.sleep(self.random.random() / 100)
            await self.ask(kind, number, token)

    async def be_a_planner(self) -> None:
        """A seat fewer, two more, one fewer."""
        for seats in (1, 3, 2):
            await asyncio.sleep(self.random.random() / 50)
            await self.ask("seats", seats)


async def test_every_answer_fits_one_order_of_all_that_was_asked(pool, settings, tmp_path):
    async with transaction(pool) as connection:
        weeks = [await a_week(connection, seats=2, slug=f"semaine-{number}") for number in range(ROUNDS)]
    planner = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', UUID(int=0))}"}
    start = Offer(2, ("",) * PUPILS)
    overlapped = 0
    async with web(settings, tmp_path, processes=2) as urls, httpx.AsyncClient(timeout=60, limits=ONE_EACH) as http:
        for number, week in enumerate(weeks):
            clients = Clients(http, urls, week, planner, number)
            await asyncio.gather(clients.be_a_planner(), *(clients.be_a_pupil(each) for each in range(PUPILS)))
            history = clients.history
            assert explain(history, start) is not None, sorted(history, key=lambda each: each.began)
            assert not any(explain(false, start) for false in spoiled(history))
            overlapped += sum(
                one.began < other.ended and other.began < one.ended for one in history for other in history
            ) - len(history)
    # the rounds are worth something only where requests did meet
    assert overlapped > ROUNDS * PUPILS


def spoiled(history: list[Operation]) -> list[list[Operation]]:
    """The history with answers that cannot be: who waited is told of a seat too many, two are first in the queue."""
    waited = [index for index, each in enumerate(history) if each.kind == "register" and each.answer[1] == "waiting"]
    found = []
    for answer in ((201, "confirmed", None), (201, "waiting", PUPILS + 1)):
        false = list(history)
        for index in waited:
            false[index] = history[index]._replace(answer=answer)
        found.append(false)
    return found


def test_an_order_that_cannot_be_is_found_out():
    first = Operation("register", 0, 0.0, 1.0, (201, "confirmed", None))
    later = Operation("register", 1, 2.0, 3.0, (201, "confirmed", None))
    assert explain([first, later], Offer(2, ("", ""))) == [first, later]
    assert explain([first, later], Offer(1, ("", ""))) is None
    # at the same time either may have been first, one after the other not
    waits = Operation("register", 0, 0.0, 5.0, (201, "waiting", 1))
    assert explain([waits, later], Offer(1, ("", ""))) == [later, waits]
    assert explain([waits._replace(ended=1.0), later], Offer(1, ("", ""))) is None
