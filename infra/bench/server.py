"""The web process of the bench: the application with two more routes, which are the limits it is compared with."""

from functools import lru_cache
from typing import Any

from litestar import asgi, get, post
from litestar.params import JSONBody
from litestar.types import Receive, Scope, Send

import infra.web_server
from services.campaigns.offers.bodies import RegistrationBody
from services.campaigns.web import create_app
from shared.settings import Settings, read_settings


@post("/bench/empty", status_code=200, include_in_schema=False)
async def post_empty(data: JSONBody[RegistrationBody]) -> None:
    """A registration's body, decoded and thrown away."""
    del data


@get("/bench/plain", include_in_schema=False)
async def get_plain() -> str:
    """A plain answer."""
    return "ok"


@asgi("/bench/bytes", copy_scope=False)
async def get_bytes(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
    """As many bytes as the query says, from memory: what sending them costs."""
    body = _bytes(int(scope["query_string"]))
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@lru_cache(maxsize=1)
def _bytes(count: int) -> bytes:
    return bytes(count)


def create_bench_app(settings: Settings) -> Any:
    """The application of the product, and the limits beside it."""
    app = create_app(settings)
    app.register(post_empty)
    app.register(get_plain)
    app.register(get_bytes)
    return app


if __name__ == "__main__":
    infra.web_server.serve(read_settings(), create_bench_app)
