"""The other kinds of offer: JSON."""

from typing import Any

route_handlers: list[Any] = []
