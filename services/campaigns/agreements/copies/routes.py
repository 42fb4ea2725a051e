"""Copies: the pages on which last year's campaign is brought to a new period."""

from typing import Any

route_handlers: list[Any] = []
