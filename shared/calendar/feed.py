"""A feed: one VEVENT per session, the same state is the same bytes (RFC 5545, RFC 7986)."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from icalendar import Calendar, Event, vText, vUri
from msgspec import Struct

from shared.calendar.objects import (
    PRODID,
    Text,
    clean,
    describe_session,
    paris,
    put,
    put_place,
    put_uri,
    tell,
    write_calendar,
)
from shared.languages import Language, _, language
from shared.programme import ProgrammeSession

END = b"END:VCALENDAR\r\n"


class FeedSession(Struct, frozen=True, kw_only=True):
    """A session with what a feed tells of its offer."""

    session: ProgrammeSession
    offer_title: str
    offer_url: str
    sector_label: str = ""
    # the seat is held, not yet confirmed (personal feeds)
    tentative: bool = False
    # label and text of what this feed tells besides
    details: tuple[tuple[str, str], ...] = ()


class FeedHead(Struct, frozen=True, kw_only=True):
    """What a feed says of itself; `source` is its own address, `url` the page it belongs to."""

    name: str
    description: str
    source: str
    url: str
    color: str = "teal"


def write_feed(head: FeedHead, sessions: Sequence[FeedSession], *, domain: str, personal: bool = False) -> bytes:
    """The feed of these sessions, in the order given; cancelled ones are STATUS:CANCELLED.

    Contacts (names, telephones) are told in personal feeds only.
    """
    begin, end = write_frame(head)
    said_in = language()
    events = [_write_event(item, domain=domain, personal=personal, said_in=said_in) for item in sessions]
    return b"".join((begin, *events, end))


def write_frame(head: FeedHead) -> tuple[bytes, bytes]:
    """What stands before and after the sessions of a feed."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = Text(clean(head.name))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    if head.description:
        calendar.add("description", Text(clean(head.description)))
    calendar.add("source", vUri(head.source), parameters={"VALUE": "URI"})
    calendar.add("url", vUri(head.url))
    calendar.add("color", vText(head.color))
    calendar.add("refresh-interval", vText("PT1H"), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    written = write_calendar(calendar, [])
    return written[: -len(END)], END


# a change of one session writes one anew, in all the feeds that show it; each language apart
@lru_cache(maxsize=2048)
def _write_event(
    item: FeedSession,
    *,
    domain: str,
    personal: bool,
    said_in: Language,  # noqa: ARG001  # of the cache alone
) -> bytes:
    return write_feed_event(item, domain=domain, personal=personal)


def write_feed_event(
    item: FeedSession, *, domain: str, personal: bool = False, left_at: datetime | None = None
) -> bytes:
    """One session as a VEVENT; DTSTAMP and LAST-MODIFIED are its last change.

    One that left this feed for another is cancelled here, with a sentence that it goes on: calendars keep what merely
    vanishes.
    """
    session = item.session
    event = Event()
    event.add("uid", f"{session.id}@{domain}")
    changed: datetime = max(session.changed_at, left_at) if left_at else session.changed_at
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", session.sequence)
    if session.status == "cancelled" or left_at:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "TENTATIVE" if item.tentative else "CONFIRMED")
    event.add("dtstart", paris(session.starts_at))
    event.add("dtend", paris(session.ends_at))
    put(event, "summary", title_of(item))
    if left_at:
        put(event, "description", say_left())
    else:
        put_place(event, session)
        put(event, "description", describe(item, personal=personal))
    put_uri(event, "url", item.offer_url)
    if item.sector_label and not left_at:
        event.add("categories", [clean(item.sector_label)])
    written: bytes = event.to_ical()
    return written


def title_of(item: FeedSession) -> str:
    """The session's title, after its offer's where that is another."""
    title = item.session.title
    return title if title == item.offer_title else tell(item.offer_title, title)


def describe(item: FeedSession, *, personal: bool) -> str:
    """All there is to know, in a few lines of plain text."""
    more = "".join(f"\n  {tell(label, text)}" for label, text in item.details if text)
    return describe_session(item.session, contact=personal) + more


def say_left() -> str:
    """Why a session that takes place is cancelled in this feed."""
    return _(
        "Cette séance n’est plus dans ce calendrier : elle a changé de secteur, de lieu ou d’entreprise. "
        "La page de l’offre dit où elle en est."
    )
