"""What a teacher looks for among the open offers: kind, place, dates, seats. It stands in the address."""

import re
from datetime import date as Date

from msgspec import Struct

from services.campaigns.offers.seats.classes.school_class import OpenOffer
from services.campaigns.teaching.pupil import fold

KINDS = ("collective_week", "hosting", "workshop", "information_morning")
DEPARTEMENTS = {"14": "calvados", "27": "eure", "50": "manche", "61": "orne", "76": "seine maritime"}
WORDS_AT_MOST = 100
SEATS_AT_MOST = 999


class OfferChoice(Struct, frozen=True, kw_only=True):
    """All empty is every open offer; `seats` is how many must be free at least."""

    kind: str = ""
    place: str = ""
    first: Date | None = None
    last: Date | None = None
    seats: int = 0

    @property
    def is_open(self) -> bool:
        """Whether nothing was chosen."""
        return self == OfferChoice()

    @property
    def departement(self) -> str:
        """The number of a département of Normandy where the place is one, by number or name."""
        said = fold(self.place)
        return next((code for code, name in DEPARTEMENTS.items() if said in (code, name)), "")

    @property
    def town(self) -> str:
        """The words of a town, where the place is no département."""
        return "" if self.departement else fold(self.place)


def read_choice(*, kind: str, place: str, first: str, last: str, seats: str) -> OfferChoice:
    """The choice in an address; what is no choice of ours is none."""
    number = int(seats) if re.fullmatch(r"[0-9]{1,3}", seats.strip()) else 0
    return OfferChoice(
        kind=kind if kind in KINDS else "",
        place=place.strip()[:WORDS_AT_MOST].replace("\x00", ""),
        first=_date(first),
        last=_date(last),
        seats=min(number, SEATS_AT_MOST),
    )


def free_seats(offer: OpenOffer) -> int:
    """Seats a newcomer would have at once: none while somebody waits, nor those kept for some."""
    return 0 if offer.waiting else max(0, offer.seats - offer.taken - offer.kept)


def _date(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None
