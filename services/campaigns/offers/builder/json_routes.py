"""The week builder: JSON."""

from typing import Any

route_handlers: list[Any] = []
