"""Answers: what a search found, under headings that say how far it is, and what to change where nothing was found."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from services.campaigns.catalogue.finding.places import Place, position_of
from services.campaigns.catalogue.finding.search import Search
from services.campaigns.catalogue.listing import Listing, Section, sections_of

PAST = "Ce qui est passé ou annulé"
BANDS = (10, 30, 60)


class Wider(Struct, frozen=True):
    """A search that asks for less, and the words of its link."""

    address: str
    words: str


def answer_sections(
    search: Search, near: Place | None, listings: Sequence[Listing], kilometres: Sequence[float | None], now: datetime
) -> list[Section]:
    """The listings, in their order: by distance around a place, in one list for words, else by kind."""
    if near is None and not search.words:
        return sections_of(list(listings), now)
    titled = [
        (PAST if listing.state(now) in ("past", "cancelled") else _heading(near, far), listing)
        for listing, far in zip(listings, kilometres, strict=True)
    ]
    return [
        Section(title, "", tuple(listing for _, listing in group))
        for title, group in groupby(titled, key=lambda pair: pair[0])
    ]


def say_distance(kilometres: float | None) -> str:
    """« à 12 km »; nothing in the place itself, nor where it is not known."""
    return f"à {round(kilometres)} km" if kilometres and round(kilometres) else ""


def distances_from(near: Place, towns: Sequence[tuple[str, int, float, float]]) -> list[tuple[str, float]]:
    """Kilometres to each town, given as (name, offers, latitude, longitude); a département's own are no way away."""
    return [
        (name, 0.0 if _is_in(name, near) else near.kilometres_to(latitude, longitude))
        for name, _, latitude, longitude in towns
    ]


def _is_in(city: str, near: Place) -> bool:
    if near.postcodes:
        return False
    town = position_of(city)
    return town is not None and town.departement == near.departement


def wider_searches(search: Search) -> list[Wider]:
    """The same search without one thing that was asked, each as a link."""
    ways = []
    if search.words:
        ways.append(Wider(search.address(words=""), f"Sans les mots « {search.words} »"))
    if search.city:
        ways.append(Wider(search.address(city=""), "Dans toutes les villes"))
    if search.week:
        ways.append(Wider(search.address(week=None), "Toutes les semaines"))
    if search.sector:
        ways.append(Wider(search.address(sector=""), "Tous les secteurs"))
    if search.kind:
        ways.append(Wider(search.address(kind=None), "Toutes les formes d’accueil"))
    if search.free:
        ways.append(Wider(search.address(free=False), "Avec les offres complètes"))
    if search.without_car:
        ways.append(Wider(search.address(without_car=False), "Même là où une voiture est utile"))
    return ways


def _heading(near: Place | None, kilometres: float | None) -> str:
    if near is None:
        return "Les offres qui correspondent"
    if kilometres is None:
        return "En ligne, ou lieu à préciser"
    if not round(kilometres):
        return f"À {near.name}" if near.postcodes else f"Dans le département ({near.name})"
    band = next((band for band in BANDS if round(kilometres) <= band), None)
    return f"À moins de {band} km" if band else "Plus loin"
