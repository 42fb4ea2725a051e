"""All refusals of a secret look the same and take the same work: nobody learns which of them was true once."""

from collections.abc import AsyncIterator
from functools import partial
from typing import get_args
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar.testing import AsyncTestClient

from services.campaigns.guarding.limited import NO_SECRETS, SECRETS, secret_in
from services.campaigns.subscribing.read import CALENDARS
from shared.signed_links import Scope, Signer
from tests.application import routes, visiting
from tests.services.campaigns.guarding.test_guard import register
from tests.world import a_week

pytestmark = pytest.mark.anyio

Asked = list[str]


@pytest.fixture
def statements(monkeypatch) -> Asked:
    """Every statement the application sends."""
    sent: Asked = []

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda record: sent.append(record.query))

    monkeypatch.setattr(asyncpg, "create_pool", partial(asyncpg.create_pool, init=listen))
    return sent


@pytest.fixture
async def watched(settings, statements) -> AsyncIterator[AsyncTestClient]:  # noqa: ARG001  # before the pool is made
    async with visiting(settings, raise_server_exceptions=False) as client:
        yield client


def secret_paths() -> list[tuple[str, str, tuple[Scope, ...]]]:
    """(method, path with `{}` for the secret, its scopes) of every route behind a secret."""
    found = []
    paths = {
        (
            route.path.replace("{token:str}", "{}")
            .replace("{address:str}", "{}")
            .replace("{whose:str}", whose)
            .replace("{pupil_id:uuid}", str(UUID(int=7))),
            route,
        )
        for route in routes()
        for whose in CALENDARS
    }
    for path, route in sorted(paths, key=lambda pair: pair[0]):
        secret = secret_in(path)
        # the calendar of a member's slots is of a person, and empty for who has none
        if secret is not None and "{}" in path and path not in (*NO_SECRETS, "/suivi/agenda/{}"):
            methods = sorted({"GET", "POST"} & set(getattr(route, "methods", ())))
            found += [(method, path, secret[0]) for method in methods]
    return found + [("GET", f"{beginning}{{}}.ics", scopes) for beginning, scopes in SECRETS.items()
                    if beginning.startswith("/calendars/")]  # fmt: skip


def strangers(signer: Signer, scope: Scope) -> dict[str, str]:
    """Secrets that open nothing, each for a reason of its own."""
    given = signer.token(scope, uuid4())
    foreign = next(other for other in get_args(Scope) if other != scope)
    return {
        "nobody's": given,
        "cut": given[:-5],
        "forged": Signer(("une-autre-clef-que-la-leur",)).token(scope, uuid4()),
        "of another page": signer.token(foreign, uuid4()),
        "no secret at all": "~~~",
    }


@pytest.mark.parametrize(
    ("method", "path", "scopes"), secret_paths(), ids=lambda value: value if isinstance(value, str) else ""
)
async def test_whatever_is_wrong_with_a_secret_its_refusal_is_the_same(
    watched, statements, settings, method, path, scopes
):
    signer = Signer(settings.secret_keys)
    await watched.get("/health")
    seen: dict[str, tuple[int, str, int]] = {}
    # the first time, the driver asks for the types of what it sends
    wrong = strangers(signer, scopes[0])
    if path.startswith("/agenda/"):
        # the first address of anybody holds before it is asked for, and only we could write one for nobody
        del wrong["nobody's"]
    for why, secret in [("first", "~~~"), *wrong.items()]:
        statements.clear()
        json = {} if path.startswith("/api/") else None
        if path.endswith("/acceptance") and "invitations" in path:
            json = {"first_name": "Ambre", "last_name": "Lelong"}
        if path.endswith("/answer"):
            json = {"answer": "confirmed"}
        answer = await watched.request(
            method, path.format(secret), json=json if method == "POST" else None, follow_redirects=False
        )
        seen[why] = answer.status_code, answer.text.replace(secret, "…"), len(statements)
    del seen["first"]
    assert len(set(seen.values())) == 1, {why: (status, asked) for why, (status, _, asked) in seen.items()}
    status, _, asked = seen["cut"]
    # a renewal leads to the same page whatever it was asked with
    assert status in (404, 410) or (status == 303 and path.startswith("/agenda/"))
    assert asked >= 1 or status == 303, "what was cut is looked for, too"


async def test_a_personal_link_that_was_revoked_is_refused_like_one_that_never_was(watched, statements, settings, pool):
    week = await a_week(pool)
    registered = (await register(watched, week.offer_id, 1)).json()
    signer, seen = Signer(settings.secret_keys), []
    await pool.execute("UPDATE campaigns.registrations SET token_version = 2")
    for secret in (registered["token"], signer.token("registration", UUID(registered["id"]), 7), "~~~"):
        for path in ("/inscriptions/{}", "/inscriptions/{}/retrait", "/api/v1/registrations/{}", "/suivi/{}"):
            statements.clear()
            answer = await watched.get(path.format(secret))
            seen.append((path, answer.status_code, answer.text.replace(secret, "…"), len(statements)))
    assert len(set(seen)) == 4, [(path, status, asked) for path, status, _, asked in seen]
    assert (await watched.get(f"/inscriptions/{signer.token('registration', UUID(registered['id']), 2)}")).is_success
