"""The sheet: what stands on a poster, as the typesetter gets it."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from services.campaigns.catalogue.listing import Listing
from services.campaigns.look.words import OFFER_KINDS, capitalize_first
from services.campaigns.posters.code import draw_code
from shared.french_dates import say_date, say_times
from shared.programme import Programme, ProgrammeDay

DAYS_AT_MOST, HOSTS_AT_MOST, SUMMARY_AT_MOST = 6, 3, 320


class Line(Struct, frozen=True):
    """A day on the poster: when, its sector, the hosts, and the colour family of the sector."""

    day: str
    sector: str
    hosts: str
    family: str


class Sheet(Struct, frozen=True, kw_only=True):
    """All that is printed; `code` is an SVG document."""

    kind: str
    title: str
    when: str
    city: str
    summary: str
    organisation: str
    campaign: str
    contact: str
    lines: tuple[Line, ...]
    more: str
    address: str
    code: str

    def encoded(self) -> bytes:
        """As JSON, the one thing the typesetter reads."""
        return msgspec.json.encode(self)


def lay_out(listing: Listing, programme: Programme, *, address: str) -> Sheet:
    """The sheet of an offer: at most six days, three hosts each; who wants more follows the code."""
    days = [day for day in programme.days if any(session.status == "planned" for session in day.sessions)]
    left = len(days) - DAYS_AT_MOST
    return Sheet(
        kind=OFFER_KINDS[listing.kind],
        title=listing.title,
        when=capitalize_first(listing.when),
        city=listing.city,
        summary=_shortened(listing.summary, SUMMARY_AT_MOST),
        organisation=listing.organisation,
        campaign=listing.campaign,
        contact=listing.contact,
        lines=tuple(_line(day) for day in days[:DAYS_AT_MOST]),
        more=f"et {left} {'autre jour' if left == 1 else 'autres jours'}" if left > 0 else "",
        address=address.split("://", 1)[-1],
        code=draw_code(address, border=0),
    )


def _line(day: ProgrammeDay) -> Line:
    planned = [session for session in day.sessions if session.status == "planned"]
    hosts = list(dict.fromkeys(session.host for session in planned if session.host))
    times = say_times(min(s.starts_at for s in planned), max(s.ends_at for s in planned))
    return Line(
        day=f"{capitalize_first(say_date(day.date))}, {times}",
        sector=day.sector_label or planned[0].title,
        hosts=_listed(hosts),
        family=day.sector_family,
    )


def _listed(names: Sequence[str]) -> str:
    left = len(names) - HOSTS_AT_MOST
    return ", ".join(names[:HOSTS_AT_MOST]) + (f" et {left} de plus" if left > 0 else "")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
