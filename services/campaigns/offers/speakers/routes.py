"""Speakers: pages."""

from typing import Any

route_handlers: list[Any] = []
