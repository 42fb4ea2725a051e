"""The card: the picture of an offer that goes along where somebody shares its address; no seats: they change."""

import msgspec
from msgspec import Struct

from services.campaigns.catalogue.listing import Listing
from services.campaigns.look.sectors import short_label
from services.campaigns.look.words import OFFER_KINDS, capitalize_first, short_weekday
from shared.languages import speaking

WIDTH, HEIGHT = 1200, 630
BANDS_AT_MOST, TITLE_AT_MOST = 6, 110


class Band(Struct, frozen=True):
    """One day: « lun. 14 », its sector, the colour family of the sector."""

    day: str
    sector: str
    family: str


class Card(Struct, frozen=True, kw_only=True):
    """All that is drawn."""

    kind: str
    title: str
    when: str
    city: str
    organisation: str
    bands: tuple[Band, ...]

    def encoded(self) -> bytes:
        """As JSON, the one thing the typesetter reads."""
        return msgspec.json.encode(self)


def draw_card(listing: Listing) -> Card:
    """The card of an offer: its days by sector where they have one, six at most; in French, as organisers wrote it."""
    days = [day for day in listing.days if day.label][:BANDS_AT_MOST]
    with speaking("fr"):
        return Card(
            kind=OFFER_KINDS[listing.kind],
            title=_shortened(listing.title, TITLE_AT_MOST),
            when=capitalize_first(listing.when),
            city=_shortened(listing.city, 40),
            organisation=_shortened(listing.organisation, 70),
            bands=tuple(
                Band(f"{short_weekday(day.date)} {day.date.day}", _shortened(short_label(day.label), 40), day.family)
                for day in days
            ),
        )


def address_of_card(listing: Listing, tag: str) -> str:
    """The path of the picture: other words, another address, so that it may be kept for ever."""
    name = tag.strip('"')
    return f"/offres/{listing.slug}/carte/{name}.png"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
