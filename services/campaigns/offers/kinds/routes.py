"""The other kinds of offer: pages."""

from typing import Any

from services.campaigns.offers.kinds.rotations.routes import route_handlers as rotations

route_handlers: list[Any] = [*rotations]
