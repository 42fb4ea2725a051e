"""A search: what somebody asks the catalogue, as it stands in the address, so that it can be sent to a friend."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date as Date
from datetime import timedelta
from typing import cast, get_args
from urllib.parse import urlencode
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.campaigns.given import read_id
from services.campaigns.offers.offer import OfferKind

WORDS_AT_MOST, TEXT_AT_MOST = 8, 100
YEARS = range(2000, 2200)
_SECTOR = re.compile(r"s[0-9]{1,2}")
_KINDS = get_args(OfferKind)


class Search(Struct, frozen=True, kw_only=True):
    """What is asked. `place` is what was typed; `city` the exact name of a town, from a link; `week` a Monday."""

    place: str = ""
    words: str = ""
    city: str = ""
    week: Date | None = None
    sector: str = ""
    kind: OfferKind | None = None
    free: bool = False
    without_car: bool = False
    after: UUID | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for less than everything; a place only sorts."""
        return bool(self.words or self.city or self.week or self.sector or self.kind or self.free or self.without_car)

    @property
    def has_filters(self) -> bool:
        """Whether something is chosen that the second part of the form asks."""
        return bool(self.week or self.sector or self.kind or self.free or self.without_car)

    def address(self, **changes: object) -> str:
        """The address of this search with some of it changed; always of the first page unless `after` is given."""
        other = replace(self, **{"after": None, **changes})
        given = {
            "lieu": other.place,
            "mots": other.words,
            "ville": other.city,
            "semaine": other.week.isoformat() if other.week else "",
            "secteur": other.sector,
            "genre": other.kind or "",
            "libres": "oui" if other.free else "",
            "sans-voiture": "oui" if other.without_car else "",
            "apres": str(other.after or ""),
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/?{query}" if query else "/"


def read_search(given: Mapping[str, str]) -> Search:
    """The search of an address's query. What is no value is not asked: a link that was cut still leads somewhere."""
    kind = given.get("genre", "")
    return Search(
        place=clean(given.get("lieu", "")),
        words=clean(given.get("mots", "")),
        city=clean(given.get("ville", "")),
        week=_monday(given.get("semaine", "")),
        sector=sector if _SECTOR.fullmatch(sector := given.get("secteur", "")) else "",
        kind=cast("OfferKind", kind) if kind in _KINDS else None,
        free=given.get("libres") == "oui",
        without_car=given.get("sans-voiture") == "oui",
        after=read_id(given.get("apres", "")),
    )


def clean(text: str) -> str:
    """One line without control characters or marks of direction, at most 100 characters."""
    kept = (
        " " if character.isspace() else character
        for character in text[: 10 * TEXT_AT_MOST]
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    return " ".join("".join(kept).split())[:TEXT_AT_MOST].strip()


def _monday(text: str) -> Date | None:
    try:
        day = Date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if day.year in YEARS else None
