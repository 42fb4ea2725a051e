"""A JSON write that is sent again: done once, answered again, for a day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar, Request, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.testing import AsyncTestClient
from msgspec import Struct

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once, forget_old_keys, hash_of_body
from services.campaigns.problems import exception_handlers
from services.campaigns.web import provide_edge
from shared.database import Connection, open_pool, transaction
from shared.identifiers import new_id
from shared.refusal import Refusal
from tests.world import NOW

pytestmark = pytest.mark.anyio
PERSONAL_PATH = "/api/v1/rooms/un-secret-de-lien"


class NoteBody(Struct):
    word: str
    number: int = 0


class WrittenBody(Struct):
    id: UUID
    word: str


@post("/api/v1/rooms/{room:str}")
async def post_note(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    room: FromPath[str],
    data: JSONBody[NoteBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[WrittenBody]:
    async def write(connection: Connection) -> Response[WrittenBody]:
        note_id = new_id()
        await connection.execute("INSERT INTO public.notes VALUES ($1, $2)", note_id, f"{room} {data.word}")
        if data.word == "lent":
            await asyncio.sleep(0.3)
        if data.word == "non":
            raise Refusal("Non.")
        return Response(WrittenBody(note_id, data.word), headers={"ETag": f'"{data.number}"', "X-Private": "1"})

    identity = UUID(int=int(request.headers.get("X-Identity", "1")))
    now = NOW + timedelta(hours=float(request.headers.get("X-Hours", "0")))
    hidden = (lambda response: msgspec.structs.replace(response.content, word="tu")) if data.word == "secret" else None
    return await answer_once(request, edge, identity, idempotency_key, write, now=now, kept=hidden)


@pytest.fixture
async def client(settings, pool) -> AsyncIterator[AsyncTestClient]:
    await pool.execute("CREATE TABLE public.notes (id uuid PRIMARY KEY, word text)")

    @asynccontextmanager
    async def stand(app: Litestar) -> AsyncIterator[None]:
        own = await open_pool(settings.database_url, size=8)
        app.state.edge = Edge(settings, own)
        yield
        await own.close()

    app = Litestar(
        [post_note],
        lifespan=[stand],
        dependencies={"edge": Provide(provide_edge, sync_to_thread=False)},
        exception_handlers=exception_handlers,
        logging_config=None,
    )
    async with AsyncTestClient(app) as client:
        yield client


def send(client: AsyncTestClient, word: str, key: str | None, path: str = "/api/v1/rooms/une", **headers: str) -> Any:
    given = {"Idempotency-Key": key} if key is not None else {}
    return client.post(path, json={"word": word}, headers={**given, **headers})


async def count(pool) -> int:
    return await pool.fetchval("SELECT count(*) FROM public.notes")


async def test_the_same_key_and_body_again_is_done_once_and_answered_alike(client, pool):
    first = await send(client, "bonjour", "clef 1")
    again = await send(client, "bonjour", "clef 1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["content-type"].startswith("application/json")
    assert again.headers["etag"] == first.headers["etag"] == '"0"'
    assert (first.headers.get("idempotent-replayed"), again.headers.get("idempotent-replayed")) == (None, "true")
    assert await count(pool) == 1


async def test_without_a_key_each_request_is_done(client, pool):
    await send(client, "bonjour", None)
    await send(client, "bonjour", None)
    assert await count(pool) == 2


async def test_another_body_with_the_same_key_is_refused_and_does_nothing(client, pool):
    await send(client, "bonjour", "clef")
    other = await send(client, "bonsoir", "clef")
    assert other.status_code == 422
    assert other.json()["title"] == "idempotency-key-reused"
    assert await count(pool) == 1


async def test_spaces_and_order_of_names_make_no_other_body(client, pool):
    headers = {"Idempotency-Key": "clef", "Content-Type": "application/json"}
    for body in (b'{"word":"a","number":1}', b'{ "number": 1,\n "word": "a" }'):
        assert (await client.post("/api/v1/rooms/une", content=body, headers=headers)).status_code == 201
    assert await count(pool) == 1
    assert hash_of_body(b"\xff{") != hash_of_body(b"[" * 5000)  # what is no JSON has a hash, too


async def test_a_key_is_of_one_identity_and_one_path(client, pool):
    answers = [
        await send(client, "bonjour", "clef"),
        await send(client, "bonjour", "clef", **{"X-Identity": "2"}),
        await send(client, "bonjour", "clef", path="/api/v1/rooms/autre"),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert await count(pool) == 3


async def test_two_at_once_are_one(client, pool):
    answers = await asyncio.gather(*(send(client, "lent", "clef") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(pool) == 1


async def test_without_the_key_the_same_five_at_once_are_five(client, pool):
    """The negative control of the test above: it is the key that makes them one."""
    await asyncio.gather(*(send(client, "lent", None) for _ in range(5)))
    assert await count(pool) == 5


async def test_a_refusal_keeps_nothing_and_may_be_tried_again(client, pool):
    for _ in range(2):
        refused = await send(client, "non", "clef")
        assert (refused.status_code, refused.json()["detail"]) == (409, "Non.")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.idempotency_keys") == 0
    assert (await send(client, "oui", "clef")).status_code == 201


async def test_after_a_day_a_key_is_new_even_before_the_clock_has_come(client):
    first = await send(client, "bonjour", "clef")
    assert (await send(client, "bonjour", "clef", **{"X-Hours": "23.9"})).json() == first.json()
    other = await send(client, "bonsoir", "clef", **{"X-Hours": "24"})
    assert (other.status_code, other.json()["word"]) == (201, "bonsoir")
    assert (await send(client, "bonsoir", "clef", **{"X-Hours": "25"})).json() == other.json()


async def test_a_secret_is_not_kept(client, pool):
    first = await send(client, "secret", "clef")
    again = await send(client, "secret", "clef")
    assert (first.json()["word"], again.json()["word"]) == ("secret", "tu")
    assert "secret" not in await pool.fetchval("SELECT answer FROM campaigns.idempotency_keys")


async def test_the_path_of_a_personal_link_is_not_kept(client, pool):
    await send(client, "bonjour", "clef", path=PERSONAL_PATH)
    assert "secret" not in str(await pool.fetch("SELECT * FROM campaigns.idempotency_keys"))


@pytest.mark.parametrize("key", ["", "x" * 201, "clé", "a\tb", "\x7f"])
async def test_a_key_that_is_none_is_refused(client, pool, key):
    headers = [(b"idempotency-key", key.encode())]
    answer = await client.post("/api/v1/rooms/une", json={"word": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    assert await count(pool) == 0


async def test_the_clock_forgets_keys_after_a_day(client, pool, settings):
    await send(client, "bonjour", "vieille")
    await send(client, "bonjour", "jeune", **{"X-Hours": "2"})
    later: datetime = NOW + timedelta(hours=25)
    await tick(Edge(settings, pool), now=later, free_seats=False, tombstones=True)
    assert [row["key"] for row in await pool.fetch("SELECT key FROM campaigns.idempotency_keys")] == ["jeune"]
    async with transaction(pool) as connection:
        assert await forget_old_keys(connection, now=later) == 0
