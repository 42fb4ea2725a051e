"""What other sites are given as JSON."""

from msgspec import Struct


class EmbeddedOffer(Struct, frozen=True):
    """An offer as a list elsewhere shows it; `state` is open, full, not_yet or closed, `says` the same in words."""

    title: str
    url: str
    when: str
    city: str
    organisation: str
    sectors: tuple[str, ...]
    state: str
    says: str
    seats: int
    free: int


class EmbeddedList(Struct, frozen=True):
    """The offers that are still to come, by date; `title` says whose or where, `url` is the whole catalogue."""

    title: str
    url: str
    offers: tuple[EmbeddedOffer, ...]


class OEmbed(Struct, frozen=True, kw_only=True):
    """An answer of type `rich` (oembed.com, §2.3)."""

    title: str
    html: str
    width: int
    height: int
    provider_url: str
    author_name: str = ""
    type: str = "rich"
    version: str = "1.0"
    provider_name: str = "Quinzaine"
    cache_age: int = 300
