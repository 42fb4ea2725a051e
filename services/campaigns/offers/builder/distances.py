"""Distances: how far two sites are from each other, and how long that takes."""

from datetime import timedelta
from math import asin, ceil, cos, radians, sin, sqrt

EARTH_KM = 6371.0
SPEED_KM_H = 40.0


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance of two (latitude, longitude) in degrees, in km (haversine)."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def travel_time(distance: float) -> timedelta:
    """The time the straight line takes at 40 km/h, in whole minutes, rounded up."""
    return timedelta(minutes=ceil(distance / SPEED_KM_H * 60))
