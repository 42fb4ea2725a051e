"""Seats and groups of pupils: JSON."""

from typing import Any

route_handlers: list[Any] = []
