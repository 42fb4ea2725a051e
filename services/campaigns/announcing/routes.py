"""The pages of announcing."""

from typing import Any

from services.campaigns.announcing.correspondents.routes import route_handlers as correspondents

route_handlers: list[Any] = [*correspondents]
