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
    write_calendar,
)
from shared.programme import ProgrammeSession


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
    return write_calendar(calendar, [write_feed_event(item, domain=domain, personal=personal) for item in sessions])


# a change of one session writes one anew, in all the feeds that show it
@lru_cache(maxsize=2048)
def write_feed_event(item: FeedSession, *, domain: str, personal: bool) -> bytes:
    """One session as a VEVENT; DTSTAMP and LAST-MODIFIED are its last change."""
    session = item.session
    event = Event()
    event.add("uid", f"{session.id}@{domain}")
    changed: datetime = session.changed_at
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", session.sequence)
    if session.status == "cancelled":
        event.add("status", "CANCELLED")
    else:
        event.add("status", "TENTATIVE" if item.tentative else "CONFIRMED")
    event.add("dtstart", paris(session.starts_at))
    event.add("dtend", paris(session.ends_at))
    put(
        event,
        "summary",
        session.title if session.title == item.offer_title else f"{item.offer_title} : {session.title}",
    )
    put_place(event, session)
    more = "".join(f"\n  {label} : {text}" for label, text in item.details if text)
    put(event, "description", describe_session(session, contact=personal) + more)
    put_uri(event, "url", item.offer_url)
    if item.sector_label:
        event.add("categories", [clean(item.sector_label)])
    written: bytes = event.to_ical()
    return written
