"""The sheet: what stands on a poster, as the typesetter gets it."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from services.campaigns.catalogue.listing import Listing
from services.campaigns.look.words import OFFER_KINDS, capitalize_first
from services.campaigns.posters.code import draw_code
from shared.french_dates import say_date, say_times
from shared.languages import _, language, n_, translate
from shared.programme import Programme, ProgrammeDay

DAYS_AT_MOST, HOSTS_AT_MOST, SUMMARY_AT_MOST = 6, 3, 320


class Line(Struct, frozen=True):
    """A day on the poster: when, its sector, the hosts, and the colour family of the sector."""

    day: str
    sector: str
    hosts: str
    family: str


class Says(Struct, frozen=True, kw_only=True):
    """The poster's own sentences; `offered` and `question` stand around the names that organisers wrote."""

    code: str
    register: str
    read: str
    offered: str
    question: str


class Sheet(Struct, frozen=True, kw_only=True):
    """All that is printed; `code` is an SVG document."""

    kind: str
    title: str
    when: str
    city: str
    summary: str
    organisation: str
    lines: tuple[Line, ...]
    more: str
    address: str
    code: str
    language: str
    says: Says

    def encoded(self) -> bytes:
        """As JSON, the one thing the typesetter reads."""
        return msgspec.json.encode(self)


def lay_out(listing: Listing, programme: Programme, *, address: str) -> Sheet:
    """The sheet of an offer: at most six days, three hosts each; who wants more follows the code."""
    days = [day for day in programme.days if any(session.status == "planned" for session in day.sessions)]
    left = len(days) - DAYS_AT_MOST
    short = address.split("://", 1)[-1]
    return Sheet(
        kind=OFFER_KINDS[listing.kind],
        title=listing.title,
        when=capitalize_first(listing.when),
        city=listing.city,
        summary=_shortened(listing.summary, SUMMARY_AT_MOST),
        organisation=listing.organisation,
        lines=tuple(_line(day) for day in days[:DAYS_AT_MOST]),
        more=n_("et {count} autre jour", "et {count} autres jours", left) if left > 0 else "",
        address=short,
        code=draw_code(address, border=0),
        language=language(),
        says=Says(
            code=_("Code à lire avec un téléphone : {address}", address=short),
            register=_("S’inscrire avec un téléphone"),
            read=_("Lisez ce code, ou ouvrez"),
            offered=_(
                "Gratuit. Proposé par {organisation}, dans « {campaign} ».",
                organisation=listing.organisation,
                campaign=listing.campaign,
            ),
            question=_("Une question ? {contact}", contact=listing.contact) if listing.contact else "",
        ),
    )


def _line(day: ProgrammeDay) -> Line:
    planned = [session for session in day.sessions if session.status == "planned"]
    hosts = list(dict.fromkeys(session.host for session in planned if session.host))
    times = say_times(min(s.starts_at for s in planned), max(s.ends_at for s in planned))
    return Line(
        day=f"{capitalize_first(say_date(day.date))}, {times}",
        sector=translate(day.sector_label) if day.sector_label else planned[0].title,
        hosts=_listed(hosts),
        family=day.sector_family,
    )


def _listed(names: Sequence[str]) -> str:
    left = len(names) - HOSTS_AT_MOST
    said = ", ".join(names[:HOSTS_AT_MOST])
    return _("{names} et {count} de plus", names=said, count=left) if left > 0 else said


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
