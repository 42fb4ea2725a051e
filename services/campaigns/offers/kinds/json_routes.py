"""The other kinds of offer: JSON."""

from typing import Any

from services.campaigns.offers.kinds.follow_up.choice.json_routes import route_handlers as choice
from services.campaigns.offers.kinds.follow_up.json_routes import route_handlers as follow_up
from services.campaigns.offers.kinds.rotations.json_routes import route_handlers as rotations
from services.campaigns.offers.kinds.series.json_routes import route_handlers as series

route_handlers: list[Any] = [*rotations, *series, *follow_up, *choice]
