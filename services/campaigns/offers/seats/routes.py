"""Seats and groups of pupils: pages."""

from typing import Any

route_handlers: list[Any] = []
