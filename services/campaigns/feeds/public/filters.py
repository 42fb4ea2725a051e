"""Filters: what a feed's address asks for besides its slug, `?sector=s10&departement=27&kind=information_morning`."""

from collections.abc import Mapping
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from services.campaigns.feeds.public.departements import DEPARTEMENTS
from services.campaigns.feeds.public.standing import OfferKind, Standing
from shared.languages import Glossary, later

KINDS: tuple[OfferKind, ...] = get_args(OfferKind)
# in the order of an address
NAMES = ("departement", "kind", "sector")
QUERY_AT_MOST = 2_000
WORDS_OF_KINDS = Glossary(
    {
        "collective_week": later("Semaines collectives"),
        "hosting": later("Accueils"),
        "workshop": later("Ateliers"),
        "information_morning": later("Matinées d’information"),
    }
)

Known = Mapping[str, Mapping[str, str]]


class Filters(Struct, frozen=True):
    """The values of each filter, in their order, each once; of a filter without any, everything is shown."""

    departement: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The canonical form: names and values in their order, each once; empty for no filter."""
        return urlencode([(name, value) for name in NAMES for value in getattr(self, name)])

    def take(self, kind: str, standing: Standing) -> bool:
        """Whether a session of this kind of offer that stands there is asked for."""
        return (
            (not self.kind or kind in self.kind)
            and (not self.sector or standing.sector in self.sector)
            and (not self.departement or not set(self.departement).isdisjoint(standing.departements))
        )

    def say(self, known: Known) -> str:
        """The values in words, to follow a feed's name: « Eure (27), Matinées d’information »; empty for no filter."""
        return ", ".join(known[name].get(value, value) for name in NAMES for value in getattr(self, name))


NO_FILTER = Filters()


class UnknownFilter(ValueError):
    """`field` is the filter whose value is not known, None where the filter itself is not."""

    def __init__(self, field: str | None) -> None:
        super().__init__(field or "filter")
        self.field = field


def parse_filters(query: bytes, known: Known) -> Filters:
    """The filters of a query string; a name that comes again asks for either. Raises `UnknownFilter`."""
    if not query:
        return NO_FILTER
    if len(query) > QUERY_AT_MOST:
        raise UnknownFilter(None)
    asked: dict[str, set[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in NAMES:
            raise UnknownFilter(None)
        if value not in known[name]:
            raise UnknownFilter(name)
        asked.setdefault(name, set()).add(value)
    return Filters(**{name: tuple(sorted(values)) for name, values in asked.items()})


def known_filters(sectors: Mapping[str, str]) -> Known:
    """Each filter's values, with what they are called."""
    return {
        "departement": {code: f"{name} ({code})" for code, name in DEPARTEMENTS.items()},
        "kind": WORDS_OF_KINDS,
        "sector": sectors,
    }
