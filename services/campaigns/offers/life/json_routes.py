"""The life of an offer: JSON."""

from typing import Any

route_handlers: list[Any] = []
