"""Seats and groups of pupils: JSON, gathered from the rooms that have it."""

from typing import Any

from services.campaigns.offers.seats.attendance.json_routes import route_handlers as attendance
from services.campaigns.offers.seats.classes.json_routes import route_handlers as classes
from services.campaigns.offers.seats.classes.withdrawing.json_routes import route_handlers as withdrawing
from services.campaigns.offers.seats.queue.json_routes import route_handlers as queue

route_handlers: list[Any] = [*attendance, *classes, *withdrawing, *queue]
