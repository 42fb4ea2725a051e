"""The week builder: pages."""

from typing import Any

from services.campaigns.offers.builder.board.routes import route_handlers as board
from services.campaigns.offers.builder.days.routes import route_handlers as days
from services.campaigns.offers.builder.groups.routes import route_handlers as groups
from services.campaigns.offers.builder.sessions.routes import route_handlers as sessions

route_handlers: list[Any] = [*board, *sessions, *days, *groups]
