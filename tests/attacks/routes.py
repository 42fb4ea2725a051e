"""Every route of the application, asked with ids that are there: what a test asks of all, a new one cannot miss."""

from typing import Any

from litestar.handlers import HTTPRouteHandler

from tests.application import routes

DEFAULTS = {"uuid": "01900000-0000-7000-8000-000000000001", "int": "1", "date": "2027-06-14"}


def handlers() -> list[tuple[str, str, HTTPRouteHandler]]:
    """(method, path, handler) of every route, but OPTIONS and the mounted feeds."""
    return [
        (method, route.path, handler)
        for route in routes()
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
        if method != "OPTIONS"
    ]


def parts_of(path: str) -> list[tuple[str, str]]:
    """(name, kind) of what varies in a path: `offer_id`, `uuid`."""
    parts = [part[1:-1].partition(":") for part in path.split("/") if part.startswith("{")]
    return [(name, kind) for name, _, kind in parts]


def filled(path: str, known: dict[str, Any]) -> str:
    """The path with what is known at its place, and something of the right kind where nothing is."""
    for name, kind in parts_of(path):
        path = path.replace("{" + f"{name}:{kind}" + "}", str(known.get(name, DEFAULTS.get(kind, "rien"))))
    return path
