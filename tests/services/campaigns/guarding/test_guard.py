"""The gate: a robot is told to wait, a school's thirty pupils behind one address are not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from services.campaigns.guarding.limited import POSTED, SECRETS, secret_in
from services.campaigns.subscribing.read import CALENDARS
from shared.settings import LIMITS
from shared.signed_links import Signer
from tests.application import routes, visiting
from tests.world import a_week

pytestmark = pytest.mark.anyio
Open = Callable[..., Any]


@pytest.fixture
def limited(settings) -> Open:
    """The application with limits: `async with limited(guessing=(3, 1)) as visitor`."""

    @asynccontextmanager
    async def opened(hops: int = 0, **limits: tuple[int, float]) -> AsyncIterator[AsyncTestClient]:
        told = msgspec.structs.replace(settings, limits={**LIMITS, **limits}, trusted_hops=hops)
        async with visiting(told, raise_server_exceptions=False) as client:
            yield client

    return opened


def pupil_as_json(number: int) -> dict[str, Any]:
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return {
        "pupil": {"first_name": "Camille", "last_name": f"Dupré {letters}", "email": f"c.{letters}@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
    }


async def register(visitor: AsyncTestClient, offer_id: UUID, number: int) -> Any:
    return await visitor.post(
        f"/api/v1/offers/{offer_id}/registrations",
        json=pupil_as_json(number),
        headers={"Idempotency-Key": str(uuid4())},
    )


async def test_a_class_of_thirty_behind_one_address_registers_in_one_go(pool, limited):
    week = await a_week(pool, seats=15)
    async with limited() as visitor:
        for number in range(1, 31):
            faulty = await visitor.post("/offres/semaine-pont-audemer/inscription", data={"first_name": "Ambre"})
            assert faulty.status_code == 422
            again = await visitor.get("/offres/semaine-pont-audemer/inscription")
            assert again.status_code == 200
            answer = await register(visitor, week.offer_id, number)
            assert answer.status_code == 201, answer.text


async def test_a_robot_that_registers_is_told_when_to_come_again(pool, limited):
    week = await a_week(pool, seats=15)
    async with limited(registering=(5, 6)) as visitor:
        answers = [await register(visitor, week.offer_id, number) for number in range(1, 12)]
        assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 6
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        assert refused.json()["title"] == "too-many-requests"
        page = await visitor.post("/offres/semaine-pont-audemer/inscription", data={})
        assert page.status_code == 429
        assert "Trop de demandes arrivent de votre réseau. Réessayez dans" in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        english = await visitor.post("/en/offres/semaine-pont-audemer/inscription", data={})
        assert english.status_code == 429
        assert "Too many requests come from your network." in english.text
        assert (await visitor.get("/offres/semaine-pont-audemer")).status_code == 200, "to look is free"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations") == 5


async def test_links_by_mail_are_limited_by_address_too(limited):
    async with limited(sending_mail=(3, 1)) as visitor:
        sent = [await visitor.post("/connexion", data={"email": "a@b.example"}) for _ in range(5)]
        assert [answer.status_code for answer in sent] == [200, 200, 200, 429, 429]


async def test_who_guesses_secrets_is_slowed_down_and_whose_link_is_true_is_not(pool, limited, settings):
    week = await a_week(pool, seats=15)
    async with limited(guessing=(4, 1)) as visitor:
        registered = (await register(visitor, week.offer_id, 1)).json()
        own = f"/inscriptions/{Signer(settings.secret_keys).token('registration', UUID(registered['id']))}"
        guesses = [
            (await visitor.get(path)).status_code
            for path in ("/inscriptions/x", "/accords/x", "/connexion/x", "/calendars/personal/x.ics", "/suivi/x")
        ]
        assert guesses[-1] == 429
        assert 429 not in guesses[:-1]
        assert (await visitor.get("/en/invitations/x")).status_code == 429
        assert (await visitor.get("/api/v1/registrations/x")).headers["content-type"] == "application/problem+json"
        assert (await visitor.get(own)).status_code == 200, "the pupil beside the robot"
        assert (await visitor.get("/")).status_code == 200


@pytest.mark.parametrize("begins", ["//", "/en//", "///"])
async def test_more_strokes_in_a_path_are_no_way_round_the_gate(limited, begins):
    async with limited(sending_mail=(1, 1), guessing=(2, 1)) as visitor:
        here = "http://testserver.local"
        sent = [await visitor.post(f"{here}{begins}connexion", data={"email": "a@b.example"}) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [200, 429]
        guesses = [(await visitor.get(f"{here}{begins}inscriptions//x")).status_code for _ in range(3)]
        assert guesses == [404, 404, 429]


async def test_keys_of_the_api_are_not_guessed_faster(limited):
    async with limited(guessing=(3, 1)) as visitor:
        tried = [
            (await visitor.get("/api/v1/planning/offers", headers={"Authorization": f"Bearer qz_{number}"})).status_code
            for number in range(5)
        ]
        assert tried == [401, 401, 401, 429, 429]
        assert (await visitor.get("/api/v1/offers")).status_code == 200


async def test_behind_a_proxy_the_one_who_asked_it_counts_and_what_they_claim_does_not(pool, limited):
    await a_week(pool, seats=15)

    async def guess(visitor: AsyncTestClient, forwarded: str) -> int:
        answer = await visitor.get("/inscriptions/x", headers={"X-Forwarded-For": forwarded})
        return int(answer.status_code)

    async with limited(hops=1, guessing=(2, 1)) as visitor:
        assert [await guess(visitor, f"198.51.100.{n}, 203.0.113.5") for n in range(4)] == [404, 404, 429, 429]
        assert await guess(visitor, "203.0.113.6") == 404, "somebody else"
    async with limited(guessing=(2, 1)) as visitor:
        assert [await guess(visitor, f"198.51.100.{n}") for n in range(3)] == [404, 404, 429]


def test_every_route_with_a_secret_in_its_path_is_known_to_the_gate():
    paths = {route.path for route in routes()}
    secret = {path for path in paths if "{token:str}" in path}
    as_asked = {
        path.replace("{whose:str}", whose).replace("{token:str}", "x") for path in secret for whose in CALENDARS
    }
    unknown = {path for path in as_asked if secret_in(path) is None}
    assert not unknown, "an address that is a secret and may be guessed without end: guarding/limited.py"
    calendars = {beginning for beginning in SECRETS if beginning.startswith(("/calendars/", "/suivi/agenda/"))}
    unused = {
        beginning
        for beginning in SECRETS.keys() - calendars
        if not any(path.startswith(beginning) for path in as_asked)
    }
    assert not unused
    assert POSTED.keys() <= paths
