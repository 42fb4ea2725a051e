"""The other kinds of offer: pages."""

from typing import Any

from services.campaigns.offers.kinds.follow_up.choice.routes import route_handlers as choice
from services.campaigns.offers.kinds.follow_up.routes import route_handlers as follow_up
from services.campaigns.offers.kinds.rotations.routes import route_handlers as rotations
from services.campaigns.offers.kinds.series.routes import route_handlers as series

route_handlers: list[Any] = [*rotations, *series, *follow_up, *choice]
