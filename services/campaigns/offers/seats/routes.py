"""Seats and groups of pupils: pages, gathered from the rooms that have them."""

from typing import Any

from services.campaigns.offers.seats.classes.routes import route_handlers as classes

route_handlers: list[Any] = [*classes]
