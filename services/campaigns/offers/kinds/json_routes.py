"""The other kinds of offer: JSON."""

from typing import Any

from services.campaigns.offers.kinds.rotations.json_routes import route_handlers as rotations

route_handlers: list[Any] = [*rotations]
