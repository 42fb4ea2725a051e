"""Seats and groups of pupils: pages, gathered from the rooms that have them."""

from typing import Any

from services.campaigns.offers.seats.attendance.routes import route_handlers as attendance
from services.campaigns.offers.seats.classes.routes import route_handlers as classes
from services.campaigns.offers.seats.classes.withdrawing.routes import route_handlers as withdrawing
from services.campaigns.offers.seats.queue.guardians.routes import route_handlers as guardians
from services.campaigns.offers.seats.queue.routes import route_handlers as queue

route_handlers: list[Any] = [*attendance, *classes, *withdrawing, *queue, *guardians]
