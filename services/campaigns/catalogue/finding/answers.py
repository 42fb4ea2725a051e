"""Answers: what a search found, under headings that say how far it is, and what to change where nothing was found."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from services.campaigns.catalogue.finding.places import Place, position_of
from services.campaigns.catalogue.finding.search import Search
from services.campaigns.catalogue.listing import Listing, Section, sections_of
from shared.languages import _

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
        (
            _("Ce qui est passé ou annulé") if listing.state(now) in ("past", "cancelled") else _heading(near, far),
            listing,
        )
        for listing, far in zip(listings, kilometres, strict=True)
    ]
    return [
        Section(title, "", tuple(listing for _, listing in group))
        for title, group in groupby(titled, key=lambda pair: pair[0])
    ]


def say_distance(kilometres: float | None) -> str:
    """« à 12 km »; nothing in the place itself, nor where it is not known."""
    return _("à {distance} km", distance=round(kilometres)) if kilometres and round(kilometres) else ""


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
        ways.append(Wider(search.address(words=""), _("Sans les mots « {words} »", words=search.words)))
    if search.city:
        ways.append(Wider(search.address(city=""), _("Dans toutes les villes")))
    if search.week:
        ways.append(Wider(search.address(week=None), _("Toutes les semaines")))
    if search.sector:
        ways.append(Wider(search.address(sector=""), _("Tous les secteurs")))
    if search.kind:
        ways.append(Wider(search.address(kind=None), _("Toutes les formes d’accueil")))
    if search.free:
        ways.append(Wider(search.address(free=False), _("Avec les offres complètes")))
    if search.without_car:
        ways.append(Wider(search.address(without_car=False), _("Même là où une voiture est utile")))
    return ways


def _heading(near: Place | None, kilometres: float | None) -> str:
    if near is None:
        return _("Les offres qui correspondent")
    if kilometres is None:
        return _("En ligne, ou lieu à préciser")
    if not round(kilometres):
        return (
            _("À {place}", place=near.name) if near.postcodes else _("Dans le département ({place})", place=near.name)
        )
    band = next((band for band in BANDS if round(kilometres) <= band), None)
    return _("À moins de {band} km", band=band) if band else _("Plus loin")
