"""Places: a town, a postcode, a département or a lycée, as people type them, and where it lies.

Source: data/communes-normandie.csv and data/lycees-normandie.csv (their licences are in data/README.md).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from msgspec import Struct

from services.campaigns.catalogue.finding.spelling import distance, faults_allowed, plain_words

FOLDER = Path(__file__).parents[4] / "data"
DEPARTEMENTS = {"14": "Calvados", "27": "Eure", "50": "Manche", "61": "Orne", "76": "Seine-Maritime"}
EARTH_KM = 6371
SMALL_WORDS = {"de", "du", "des", "la", "le", "les", "et", "en"}
LETTERS_AT_MOST = 80
_ABBREVIATIONS = ((r"\bst\b", "saint"), (r"\bste\b", "sainte"), (r"\bcedex\b.*", ""), (r"\s+", " "))
_POSTCODE = re.compile(r"\b([0-9]{5})\b")


class Place(Struct, frozen=True):
    """Somewhere one can be near: `name` is how it is said, `key` how it is compared; degrees, WGS 84."""

    name: str
    key: str
    departement: str
    postcodes: tuple[str, ...]
    population: int
    latitude: float
    longitude: float

    @property
    def label(self) -> str:
        """« Pont-Audemer (27) », « Eure »."""
        return f"{self.name} ({self.departement})" if self.postcodes else self.name

    def kilometres_to(self, latitude: float, longitude: float) -> float:
        """As the crow flies, by the haversine formula."""
        half = (
            sin(radians(latitude - self.latitude) / 2) ** 2
            + cos(radians(self.latitude)) * cos(radians(latitude)) * sin(radians(longitude - self.longitude) / 2) ** 2
        )
        return 2 * EARTH_KM * asin(min(1, sqrt(half)))


@lru_cache(maxsize=1024)
def find_places(typed: str, *, count: int = 5) -> tuple[Place, ...]:
    """The places somebody may mean, the likeliest first: by postcode, by name, by its beginning, by near spelling."""
    text = typed[:LETTERS_AT_MOST]
    postcode = _POSTCODE.search(text)
    key = key_of(_POSTCODE.sub(" ", text))
    if postcode:
        there = _at_postcode(postcode[1])
        named = [place for place in there if key and (key in place.key or place.key in key)]
        return tuple((named or there)[:count])
    if not key:
        return ()
    if key in DEPARTEMENTS or key in _departements():
        return (_departements()[key_of(DEPARTEMENTS.get(key, key))],)
    found = _named(key) or _lycees_called(key) or _spelt_like(key)
    return tuple(found[:count])


def position_of(city: str) -> Place | None:
    """The commune of exactly this name, the largest where several have it; None where none has."""
    named = _by_key().get(key_of(city))
    return named[0] if named else None


def key_of(name: str) -> str:
    """« St-Lô CEDEX 2 » → « saint lo »."""
    key = plain_words(name)
    for pattern, word in _ABBREVIATIONS:
        key = re.sub(pattern, word if pattern != r"\s+" else " ", key)
    return key.strip()


@cache
def communes() -> tuple[Place, ...]:
    """The communes of Normandy, the largest first."""
    with (FOLDER / "communes-normandie.csv").open(encoding="utf-8", newline="") as file:
        read = [
            Place(
                row["name"],
                key_of(row["name"]),
                row["departement"],
                tuple(row["postcodes"].split()),
                int(row["population"] or 0),
                float(row["latitude"]),
                float(row["longitude"]),
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(read, key=lambda place: -place.population))


@cache
def _by_key() -> dict[str, list[Place]]:
    named = defaultdict(list)
    for place in communes():
        named[place.key].append(place)
    return dict(named)


@cache
def _departements() -> dict[str, Place]:
    centres = {}
    for code, name in DEPARTEMENTS.items():
        towns = [place for place in communes() if place.departement == code]
        latitude, longitude = (sum(getattr(t, axis) for t in towns) / len(towns) for axis in ("latitude", "longitude"))
        centres[key_of(name)] = Place(name, key_of(name), code, (), 0, latitude, longitude)
    return centres


@cache
def _lycees() -> tuple[Place, ...]:
    """The lycées at the position of their town; one whose town is not known here is left out."""
    with (FOLDER / "lycees-normandie.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Place(
                f"{_calm(row['name'])}, {town.name}",
                key_of(f"{row['name']} {town.name}"),
                row["departement"],
                (row["postcode"],),
                0,
                town.latitude,
                town.longitude,
            )
            for row in csv.DictReader(file)
            if (town := _town_of(row["city"], row["departement"]))
        )


def _calm(name: str) -> str:
    """« Lycée de la Mer » for « LYCÉE DE LA MER »."""
    if not name.isupper():
        return name
    words = [word.lower() if word.lower() in SMALL_WORDS else word.title() for word in name.split()]
    return " ".join(words)


def _town_of(city: str, departement: str) -> Place | None:
    return next((place for place in _by_key().get(key_of(city), ()) if place.departement == departement), None)


def _at_postcode(postcode: str) -> list[Place]:
    """The communes of a postcode; of a CEDEX, the town of the lycée there, else the largest of the same hundred."""
    there = [place for place in communes() if postcode in place.postcodes]
    if there:
        return there
    school = next((place for place in _lycees() if postcode in place.postcodes), None)
    if school:
        return [
            place for place in communes() if (place.latitude, place.longitude) == (school.latitude, school.longitude)
        ]
    return [place for place in communes() if any(its.startswith(postcode[:3]) for its in place.postcodes)][:1]


def _named(key: str) -> list[Place]:
    if key.startswith("lycee ") or len(key) < 2:
        return []
    return (
        _by_key().get(key, [])
        or [place for place in communes() if place.key.startswith(key)]
        or [place for place in communes() if f" {key}" in place.key]
    )


def _lycees_called(key: str) -> list[Place]:
    words = [word for word in key.split() if word not in ("lycee", "de", "du", "la", "le", "l", "d")]
    if not words:
        return []
    return [place for place in _lycees() if all(f" {word}" in f" {place.key}" for word in words)]


def _spelt_like(key: str) -> list[Place]:
    """The communes whose names are as near as typing faults bring one, the nearest first, then the largest."""
    shared: dict[int, int] = defaultdict(int)
    for part in _parts(key):
        for number in _index().get(part, ()):
            shared[number] += 1
    likely = sorted(shared, key=lambda number: (-shared[number] / (len(communes()[number].key) + len(key)), number))[
        :40
    ]
    allowed = faults_allowed(key)
    near = [(distance(key, communes()[number].key, allowed), number) for number in likely]
    # communes stand by their size
    return [communes()[number] for far, number in sorted(near) if far <= allowed]


def _parts(key: str) -> Iterator[str]:
    padded = f" {key} "
    yield from {padded[at : at + 2] for at in range(len(padded) - 1)}


@cache
def _index() -> dict[str, list[int]]:
    found = defaultdict(list)
    for number, place in enumerate(communes()):
        for part in _parts(place.key):
            found[part].append(number)
    return dict(found)
