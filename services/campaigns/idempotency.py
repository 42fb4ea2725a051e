"""Idempotency keys: a JSON write that is sent again within a day is answered again, and done once.

How a route uses it. It takes the header, so that OpenAPI names it, and gives its work as a function of the connection:

    @post("/api/v1/organisations/{organisation_id:uuid}/tokens", action="manage_tokens", summary="…")
    async def post_token(
        request: Request[Any, Any, Any], edge: …, now: …, actor: …, organisation_id: …, data: JSONBody[TokenBody],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[CreatedTokenBody]:
        async def write(connection: Connection) -> Response[CreatedTokenBody]:
            …verbs, write_audit…
            return Response(body, status_code=201, headers={"ETag": …})

        return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)

`write` runs in the one transaction of the request, the answer is kept in the same one. A route without account gives
the id of its link (`signed.id`) as identity. An answer with sentences is `InWords(lambda: body, …)`: it is kept in
every language, since who asks again may do so in another one, and what was done is done once.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response
from litestar.params import HeaderParameter
from msgspec import Raw, Struct, field

from services.campaigns.edge import Edge
from shared.database import Connection
from shared.languages import LANGUAGES, language, later, speaking
from shared.refusal import Refusal

KEPT = timedelta(hours=24)
KEY_AT_MOST = 200
REPEATED_HEADERS = ("etag", "location")
REMOVED_AT_ONCE = 1000

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="1 to 200 visible ASCII characters; for 24 hours the same key and body give the same answer",
    ),
]
Body = TypeVar("Body")


class InvalidKey(Refusal):
    """The key is empty, too long, or holds what is not visible ASCII."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(
            later("La clé d’idempotence doit compter de 1 à {most} caractères ASCII visibles.", most=KEY_AT_MOST),
            field="Idempotency-Key",
        )


class KeyUsedOtherwise(Refusal):
    """The key came with another body before."""

    reason: ClassVar[str] = "idempotency-key-reused"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Cette clé d’idempotence a déjà servi pour une autre demande."), field="Idempotency-Key")


class InWords(Response[Body]):
    """An answer whose body has sentences; `say` makes it anew in the language that is spoken then."""

    def __init__(
        self, say: Callable[[], Body], *, status_code: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(say(), status_code=status_code, headers=headers)
        self.say = say


class KeptAnswer(Struct, frozen=True, omit_defaults=True):
    """What is kept of an answer: its JSON body, null where it had none, and the headers a client goes on with.

    `said` has the body in each language, where it speaks one.
    """

    headers: dict[str, str]
    body: Raw
    said: dict[str, Raw] = field(default_factory=dict)


async def answer_once(
    request: Request[Any, Any, Any],
    edge: Edge,
    identity: UUID,
    key: str | None,
    write: Callable[[Connection], Awaitable[Response[Body]]],
    *,
    now: datetime,
    kept: Callable[[Response[Body]], Any] | None = None,
) -> Response[Body]:
    """The answer of `write`, run in one transaction; with a key, once for all who send the same again within 24 h.

    The key is of one identity, one method and one path. Two at once: the second waits for the first and is given its
    answer, marked `Idempotent-Replayed: true`. A refusal keeps nothing, so the same key may be tried again. `kept`
    gives the body to keep where it may not be the whole one (a secret). Raises `InvalidKey`, `KeyUsedOtherwise`, and
    whatever `write` raises.
    """
    if key is None:
        async with edge.transaction() as connection:
            return await write(connection)
    if not 1 <= len(key) <= KEY_AT_MOST or not key.isascii() or not key.isprintable():
        raise InvalidKey
    route, body_hash = route_of(request), hash_of_body(await request.body())
    async with edge.transaction() as connection:
        if not await _claim(connection, identity, route, key, body_hash, now):
            return await _repeat(connection, identity, route, key, body_hash)
        response = await write(connection)
        status = response.status_code or request.route_handler.status_code
        headers = {name: value for name, value in response.headers.items() if name.lower() in REPEATED_HEADERS}
        body = Raw(msgspec.json.encode(kept(response) if kept else response.content))
        answer = KeptAnswer(headers, body, _said(response) if isinstance(response, InWords) else {})
        await _keep(connection, identity, route, key, status, answer)
        return response


def route_of(request: Request[Any, Any, Any]) -> str:
    """Method, pattern and a hash of the path: the path itself may hold the secret of a link."""
    path = hashlib.sha256(request.url.path.encode()).hexdigest()[:32]
    return f"{request.method} {request.scope['path_template']} {path}"


def hash_of_body(body: bytes) -> bytes:
    """Equal for equal JSON, whatever its spaces and the order of its names."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = msgspec.json.encode(msgspec.json.decode(body), order="sorted")
    return hashlib.sha256(body).digest()


def _said(response: InWords[Any]) -> dict[str, Raw]:
    said: dict[str, Raw] = {}
    for each in LANGUAGES:
        with speaking(each):
            said[each] = Raw(msgspec.json.encode(response.say()))
    return said


async def _claim(connection: Connection, identity: UUID, route: str, key: str, body_hash: bytes, now: datetime) -> bool:
    """Whether the key is ours to use. Waits for another transaction that holds it; one older than a day is free."""
    claimed: bool | None = await connection.fetchval(
        """
        INSERT INTO campaigns.idempotency_keys AS known (actor, route, key, body_hash, created_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (actor, route, key) DO UPDATE
            SET body_hash = excluded.body_hash, created_at = excluded.created_at, status = NULL, answer = NULL
            WHERE known.created_at <= $5 - $6::interval
        RETURNING true
        """,
        identity,
        route,
        key,
        body_hash,
        now,
        KEPT,
    )
    return bool(claimed)


async def _repeat(connection: Connection, identity: UUID, route: str, key: str, body_hash: bytes) -> Response[Any]:
    """The answer kept; its row is locked by the claim that did not succeed, so it is there."""
    row = await connection.fetchrow(
        "SELECT body_hash, status, answer FROM campaigns.idempotency_keys WHERE actor = $1 AND route = $2 AND key = $3",
        identity,
        route,
        key,
    )
    if row is None or row["body_hash"] != body_hash:
        raise KeyUsedOtherwise
    answer = msgspec.json.decode(row["answer"], type=KeptAnswer)
    body = bytes(answer.said.get(language(), answer.body))
    return Response(
        None if body == b"null" else body,
        status_code=row["status"],
        media_type=MediaType.JSON,
        headers={**answer.headers, "Idempotent-Replayed": "true"},
    )


async def _keep(connection: Connection, identity: UUID, route: str, key: str, status: int, answer: KeptAnswer) -> None:
    await connection.execute(
        """
        UPDATE campaigns.idempotency_keys SET status = $4, answer = $5
        WHERE actor = $1 AND route = $2 AND key = $3
        """,
        identity,
        route,
        key,
        status,
        msgspec.json.encode(answer).decode(),
    )


async def forget_old_keys(connection: Connection, *, now: datetime) -> int:
    """Remove keys older than 24 hours with their answers; how many, at most a thousand at once."""
    removed: int = await connection.fetchval(
        """
        WITH old AS (
            SELECT actor, route, key FROM campaigns.idempotency_keys WHERE created_at <= $1
            ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ), removed AS (
            DELETE FROM campaigns.idempotency_keys k USING old
            WHERE (k.actor, k.route, k.key) = (old.actor, old.route, old.key) RETURNING 1
        )
        SELECT count(*) FROM removed
        """,
        now - KEPT,
        REMOVED_AT_ONCE,
    )
    return removed
