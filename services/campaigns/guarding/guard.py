"""The gate: the application behind its watch. Who comes too early is answered before a route is looked for."""

from contextlib import suppress
from functools import partial
from typing import Any, cast

from litestar import Litestar, Request
from litestar.types import HTTPScope, Message

from services.campaigns.guarding.client import Asked
from services.campaigns.guarding.refusal import TooMany
from services.campaigns.guarding.slow_body import in_time
from services.campaigns.guarding.watch import READS, Watch
from services.campaigns.look.guard_pages import guard_pages
from services.campaigns.problems import answer_refusal


class Gate(Litestar):
    """The application; `watch` is None where nothing is limited, and then nothing is looked at."""

    watch: Watch | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or say when to come again."""
        watch = self.watch
        if watch is not None and scope["type"] == "http":
            try:
                draw = watch.look(scope)
                if draw is not None:
                    await watch.draw(draw)
                if scope["path"].startswith("/api/") and _has_key(scope):
                    watch.refuse_guesser(scope)
                    send = partial(_note_guess, watch, scope, send)
            except TooMany as refusal:
                await self._refuse(refusal, scope, receive, send)
                return
        if scope["type"] == "http" and scope["method"] not in READS:
            receive = in_time(receive)
        await super().__call__(scope, receive, send)

    async def _refuse(self, refusal: TooMany, scope: Any, receive: Any, send: Any) -> None:
        scope["litestar_app"] = self
        request: Request[Any, Any, Any] = Request(scope)
        response = answer_refusal(request, refusal)
        response.headers.update({"Retry-After": str(refusal.seconds), "Cache-Control": "no-store"})

        async def send_guarded(message: Message) -> None:
            await guard_pages(message, scope)
            await send(message)

        await response.to_asgi_response(None, request)(scope, receive, send_guarded)


def _has_key(scope: HTTPScope) -> bool:
    return any(name == b"authorization" for name, _ in scope["headers"])


async def _note_guess(watch: Watch, scope: HTTPScope, send: Any, message: Message) -> None:
    if message["type"] == "http.response.start" and message["status"] == 401:
        with suppress(TooMany):
            await watch.note_guess(scope)
    await send(message)


def shown_by(scope: Asked, *, cookie: str) -> str:
    """The secret of the device or the key that a request shows, read as `access.guard` reads it; or nothing."""
    request: Request[Any, Any, Any] = Request(cast("Any", scope))
    authorization = request.headers.get("Authorization", "")
    return authorization.partition(" ")[2].strip() if authorization else request.cookies.get(cookie, "")
