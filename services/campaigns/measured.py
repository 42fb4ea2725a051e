"""Measured: the application that counts and traces what it answers, and gives each request an id for the logs."""

import re
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from litestar import Litestar
from litestar.types import Message

from services.campaigns.figures import Figures
from shared.traces import root_span, tracing

# what a proxy of ours may have called the request
_REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")


class Measured(Litestar):
    """`figures` are of this process; `trusted_hops` says whether a proxy in front may name a request."""

    figures: Figures = Figures()
    trusted_hops: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, and note what it was and how long it took. An answer that went wrong tells the request's id."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request_id = self._request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = perf_counter()
        status = 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= 500:
                    message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            if tracing():
                await self._traced(scope, receive, send_on, request_id, lambda: status)
            else:
                await super().__call__(scope, receive, send_on)
        finally:
            self.figures.note(scope["method"], _route(scope), status, perf_counter() - started)

    async def _traced(self, scope: Any, receive: Any, send: Any, request_id: str, status: Any) -> None:
        method = scope["method"]
        with root_span(method, http__request__method=method, quinzaine__request_id=request_id) as mark:
            try:
                await super().__call__(scope, receive, send)
            finally:
                # only now it is known which route it was; the path itself holds secrets
                mark.name(f"{method} {_route(scope)}")
                mark.note(http__route=_route(scope), http__response__status_code=status())
                if status() >= 500:
                    mark.fail(str(status()))

    def _request_id(self, scope: Any) -> str:
        if self.trusted_hops:
            given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
            if _REQUEST_ID.fullmatch(given):
                return str(given.decode())
        return uuid4().hex


def _route(scope: Any) -> str:
    """The template of its path; what no route answers is one thing, whatever was asked for."""
    template: str | None = scope.get("path_template")
    if not template and "route_handler" in scope:
        # what is mounted has no template: where it is mounted, then
        template = min(scope["route_handler"].paths)
    return template or "none"
