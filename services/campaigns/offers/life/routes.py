"""The life of an offer: pages."""

from typing import Any

route_handlers: list[Any] = []
