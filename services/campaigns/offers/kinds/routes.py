"""The other kinds of offer: pages."""

from typing import Any

route_handlers: list[Any] = []
