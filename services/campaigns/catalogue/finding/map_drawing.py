"""The map: Normandy as rows of dots, a shade a département, drawn from where its communes lie; towns on it are links.

No tiles, nothing from elsewhere. The list of offers says the same; the map is a second way to it.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import cos, radians

from msgspec import Struct
from msgspec.structs import replace

from services.campaigns.catalogue.finding.places import DEPARTEMENTS, Place, communes, position_of
from services.campaigns.look.words import say_offers
from shared.languages import _

WIDTH, MARGIN, STEP = 640, 12, 13
MOST_SIDES = 5  # of eight
TOWNS_AT_MOST, NAMES_AT_MOST, BETWEEN_NAMES = 60, 14, (92, 20)


class Shade(Struct, frozen=True):
    """The dots of one département, as an SVG path, and where its name stands."""

    code: str
    name: str
    dots: str
    x: int
    y: int


class Point(Struct, frozen=True, kw_only=True):
    """A town with offers: its place on the map, its size, and whether its name has room beside it."""

    name: str
    offers: int
    x: int
    y: int
    radius: int
    named: bool
    left: bool

    @property
    def say(self) -> str:
        """« Pont-Audemer : 3 offres »."""
        return _("{town} : {offers}", town=self.name, offers=say_offers(self.offers))


class Map(Struct, frozen=True):
    """What is drawn in a box of `width` × `height`."""

    width: int
    height: int
    shades: tuple[Shade, ...]
    points: tuple[Point, ...]


def draw_map(towns: Sequence[tuple[str, int, float, float]]) -> Map:
    """Draw the towns, given as (name, offers, latitude, longitude), the busiest first.

    Who lies outside is left out, and who comes after the first sixty: a map with more is no map.
    """
    frame = _frame()
    points: list[Point] = []
    for name, offers, latitude, longitude in towns[:TOWNS_AT_MOST]:
        x, y = frame.place(latitude, longitude)
        if not (0 <= x <= frame.width and 0 <= y <= frame.height):
            continue
        named = len(points) < NAMES_AT_MOST and not any(
            other.named and abs(other.x - x) < BETWEEN_NAMES[0] and abs(other.y - y) < BETWEEN_NAMES[1]
            for other in points
        )
        radius = min(14, 6 + int(offers**0.5))
        points.append(Point(name=name, offers=offers, x=x, y=y, radius=radius, named=named, left=x > frame.width - 130))
    shades = tuple(_beside(shade, points) for shade in _shades())
    return Map(frame.width, frame.height, shades, tuple(points))


def _beside(shade: Shade, points: Sequence[Point]) -> Shade:
    """The name of a département steps down where a town stands on it."""
    hidden = any(abs(point.x - shade.x) < BETWEEN_NAMES[0] and abs(point.y - shade.y) < STEP for point in points)
    return replace(shade, y=shade.y + 3 * STEP) if hidden else shade


def spot_of(place: Place) -> tuple[int, int]:
    """Where a place lies on the map."""
    return _frame().place(place.latitude, place.longitude)


def place_towns(towns: Sequence[tuple[str, int, float | None, float | None]]) -> list[tuple[str, int, float, float]]:
    """The towns at their commune's position; where the name is no commune of ours, at their sites', or left out."""
    placed = []
    for name, offers, latitude, longitude in towns:
        commune = position_of(name)
        if commune:
            placed.append((name, offers, commune.latitude, commune.longitude))
        elif latitude is not None and longitude is not None:
            placed.append((name, offers, latitude, longitude))
    return placed


class _Frame(Struct, frozen=True):
    west: float
    north: float
    # px a degree
    across: float
    down: float
    width: int
    height: int

    def place(self, latitude: float, longitude: float) -> tuple[int, int]:
        return (
            round(MARGIN + (longitude - self.west) * self.across),
            round(MARGIN + (self.north - latitude) * self.down),
        )


@cache
def _frame() -> _Frame:
    latitudes = [place.latitude for place in communes()]
    longitudes = [place.longitude for place in communes()]
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    # a degree of longitude is shorter than one of latitude: right in the middle of the map
    across = (WIDTH - 2 * MARGIN) / (east - west)
    down = across / cos(radians((north + south) / 2))
    return _Frame(west, north, across, down, WIDTH, round((north - south) * down) + 2 * MARGIN)


@cache
def _shades() -> tuple[Shade, ...]:
    """Each step of the grid is a dot where communes lie, of the département most of them belong to."""
    frame = _frame()
    cells: dict[tuple[int, int], Counter[str]] = {}
    for place in communes():
        x, y = frame.place(place.latitude, place.longitude)
        cells.setdefault((round(x / STEP), round(y / STEP)), Counter())[place.departement] += 1
    land = {cell: counted.most_common(1)[0][0] for cell, counted in cells.items()}
    for _pass in range(2):
        land |= _gaps(land)
    shades = []
    for code, name in DEPARTEMENTS.items():
        dots = sorted(cell for cell, of in land.items() if of == code)
        middle = [sum(axis) * STEP // len(dots) for axis in zip(*dots, strict=True)]
        path = "".join(f"M{column * STEP} {row * STEP}h0" for column, row in dots)
        shades.append(Shade(code, name, path, middle[0], middle[1]))
    return tuple(shades)


def _gaps(land: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """Cells without a commune that have land on most sides: fields, and communes that merged."""
    sides: dict[tuple[int, int], Counter[str]] = {}
    for (column, row), code in land.items():
        for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)):
            sides.setdefault((column + across, row + down), Counter())[code] += 1
    return {
        cell: counted.most_common(1)[0][0]
        for cell, counted in sides.items()
        if cell not in land and counted.total() >= MOST_SIDES
    }
