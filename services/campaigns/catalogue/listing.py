"""An offer as the public sees it: when, where, which sectors, and whether one can get in."""

from datetime import date as Date
from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.look.words import KIND_PROMISES, OFFERS_OF_KIND
from services.campaigns.offers.eligibility import Rules
from services.campaigns.offers.offer import OfferKind, OfferStatus
from shared.french_dates import PARIS, say_date, say_moment, say_period, say_times
from shared.languages import _, n_

ListingState = Literal["open", "full", "not_yet", "closed", "past", "cancelled"]


class SectorDay(Struct, frozen=True):
    """One day of an offer: its date and its sector, empty where it has none."""

    date: Date
    label: str = ""
    family: str = ""


class Listing(Struct, frozen=True, kw_only=True):
    """An offer in the catalogue. `taken` counts the held seats too; `starts_at` is None before any session."""

    id: UUID
    slug: str
    campaign_id: UUID
    campaign: str
    organisation: str
    kind: OfferKind
    audience: Literal["pupils", "schools"]
    title: str
    summary: str
    city: str
    contact: str
    status: OfferStatus
    opens_at: datetime | None
    closes_at: datetime | None
    seats: int
    taken: int
    held: int
    waiting: int
    starts_at: datetime | None
    ends_at: datetime | None
    keeps_until: Date
    days: tuple[SectorDay, ...]
    grades: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    school_uais: tuple[str, ...] = ()
    # free seats that are kept for some; whether some of them are for pupils without another host
    kept: int = 0
    kept_for_hostless: bool = False

    @property
    def rules(self) -> Rules:
        """Who may register."""
        return Rules(self.grades, self.departements, self.school_uais)

    @property
    def free(self) -> int:
        """Seats any newcomer would get at once: none while somebody waits, nor those kept for some."""
        return 0 if self.waiting else max(0, self.seats - self.taken - self.kept)

    @property
    def say_kept(self) -> str:
        """« 3 des places libres sont gardées pour certains établissements ou élèves. », or nothing."""
        if not self.kept:
            return ""
        return n_(
            "{count} place libre est gardée pour certains établissements ou élèves.",
            "{count} places libres sont gardées pour certains établissements ou élèves.",
            self.kept,
        )

    @property
    def first_day(self) -> Date | None:
        """The first day, in Europe/Paris."""
        return self.days[0].date if self.days else None

    @property
    def last_day(self) -> Date | None:
        """The last day, in Europe/Paris."""
        return self.days[-1].date if self.days else None

    @property
    def sectors(self) -> tuple[SectorDay, ...]:
        """Each sector once, in the order of the days."""
        first: dict[str, SectorDay] = {}
        for day in self.days:
            if day.label:
                first.setdefault(day.label, day)
        return tuple(first.values())

    @property
    def when(self) -> str:
        """« du lundi 14 au vendredi 18 juin 2027 », « mardi 15 juin 2027, 9 h–12 h »."""
        if self.first_day is None or self.last_day is None:
            return _("dates à venir")
        if self.first_day != self.last_day:
            return say_period(self.first_day, self.last_day)
        if self.starts_at is None or self.ends_at is None:
            return say_date(self.first_day, year=True)
        return f"{say_date(self.first_day, year=True)}, {say_times(self.starts_at, self.ends_at)}"

    def state(self, now: datetime) -> ListingState:
        """Whether one can register at `now`, and if not, why; `full` can still be joined, at the end of the queue."""
        if self.status == "cancelled":
            return "cancelled"
        if self.status == "over" or (self.ends_at is not None and self.ends_at <= now):
            return "past"
        if self.status != "published" or (self.starts_at is not None and self.starts_at <= now):
            return "closed"
        if self.closes_at is not None and self.closes_at <= now:
            return "closed"
        if self.opens_at is not None and now < self.opens_at:
            return "not_yet"
        return "open" if self.free else "full"

    def say_state(self, now: datetime) -> str:
        """The state in a few words: « 5 places libres », « Complet, on peut attendre »."""
        match self.state(now):
            case "open":
                return n_("{count} place libre", "{count} places libres", self.free)
            case "full":
                return _("Complet, liste d’attente")
            case "not_yet":
                return _("Inscriptions à partir du {moment}", moment=say_moment(self.opens_at)) if self.opens_at else ""
            case "closed":
                return _("Inscriptions closes")
            case "past":
                return _("Terminé")
            case "cancelled":
                return _("Annulé")

    def say_deadline(self, now: datetime) -> str:
        """« Inscriptions jusqu’au lundi 14 juin à 8 h », or nothing when that says nothing."""
        if self.closes_at is None or self.state(now) not in ("open", "full"):
            return ""
        local = self.closes_at.astimezone(PARIS)
        if local.hour == local.minute == 0:
            return _("Inscriptions jusqu’à la veille du {day}", day=say_date(local))
        return _("Inscriptions jusqu’au {moment}", moment=say_moment(self.closes_at))


class Section(Struct, frozen=True):
    """What stands under one heading of the catalogue."""

    title: str
    promise: str
    listings: tuple[Listing, ...]


def sections_of(listings: list[Listing], now: datetime) -> list[Section]:
    """The listings, in their order, cut where another kind begins; past and cancelled ones under one heading."""
    return [
        Section(title, promise, tuple(group))
        for (title, promise), group in groupby(listings, key=lambda listing: _heading(listing, now))
    ]


def _heading(listing: Listing, now: datetime) -> tuple[str, str]:
    if listing.state(now) in ("past", "cancelled"):
        return _("Ce qui est passé ou annulé"), ""
    if listing.audience == "schools":
        return _("Pour les établissements"), _("Chefs d’établissement et professeurs référents.")
    return OFFERS_OF_KIND[listing.kind], KIND_PROMISES[listing.kind]


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign that has something public: its words, its period (both days included), who carries it."""

    id: UUID
    slug: str
    title: str
    presentation: str
    first_day: Date
    last_day: Date
    organisations: tuple[str, ...]
    sectors: tuple[SectorDay, ...]
