"""JSCalendar: a feed as JSON (RFC 8984), for developers: a Group of Events, the same sessions as the calendar's."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct, field

from shared.calendar.feed import FeedHead, FeedSession, describe, say_left, title_of
from shared.calendar.objects import PRODID, clean, paris
from shared.languages import language

CONTENT_TYPE = b"application/jscalendar+json;type=group"
TIME_ZONE = "Europe/Paris"


class Location(Struct, kw_only=True, omit_defaults=True, tag_field="@type", tag="Location"):
    """RFC 8984 §4.2.5; `coordinates` is a geo: URI (RFC 5870)."""

    name: str = ""
    coordinates: str = ""


class Link(Struct, kw_only=True, omit_defaults=True, tag_field="@type", tag="Link"):
    """RFC 8984 §1.4.11."""

    href: str
    rel: str = ""


class Event(Struct, kw_only=True, omit_defaults=True, tag_field="@type", tag="Event", rename="camel"):
    """RFC 8984 §2.1; `start` is a wall clock in `time_zone`, `updated` in UTC, both without fractions."""

    uid: str
    updated: str
    sequence: int = 0
    title: str = ""
    description: str = ""
    locale: str = ""
    start: str
    time_zone: str
    duration: str = "PT0S"
    status: Literal["confirmed", "cancelled", "tentative"] = "confirmed"
    locations: dict[str, Location] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    keywords: dict[str, bool] = field(default_factory=dict)


class Group(Struct, kw_only=True, omit_defaults=True, tag_field="@type", tag="Group", rename="camel"):
    """RFC 8984 §2.3; its entries are written apart."""

    uid: str
    prod_id: str
    updated: str
    title: str = ""
    description: str = ""
    locale: str = ""
    color: str = ""
    source: str = ""
    links: dict[str, Link] = field(default_factory=dict)


def write_event(item: FeedSession, *, domain: str, left_at: datetime | None = None) -> bytes:
    """One session of a public feed; one that left this feed is cancelled here, as in the calendar."""
    session = item.session
    event = Event(
        uid=f"{session.id}@{domain}",
        updated=_utc(max(session.changed_at, left_at) if left_at else session.changed_at),
        sequence=session.sequence,
        title=clean(title_of(item)),
        description=say_left() if left_at else clean(describe(item, personal=False)),
        locale=language(),
        start=paris(session.starts_at).strftime("%Y-%m-%dT%H:%M:%S"),
        time_zone=TIME_ZONE,
        duration=_duration(session.ends_at - session.starts_at),
        status="cancelled" if session.status == "cancelled" or left_at else "confirmed",
        links={"page": Link(href=item.offer_url, rel="describedby")},
    )
    if not left_at:
        place = ", ".join(clean(part) for part in (session.place, session.room) if part)
        known = session.latitude is not None and session.longitude is not None
        if place or known:
            coordinates = f"geo:{session.latitude},{session.longitude}" if known else ""
            event.locations = {"place": Location(name=place, coordinates=coordinates)}
        if item.sector_label:
            event.keywords = {clean(item.sector_label): True}
    return msgspec.json.encode(event)


def write_frame(head: FeedHead, *, updated: datetime) -> tuple[bytes, bytes]:
    """What stands before and after the events, which commas part; `updated` is when the newest of them changed."""
    group = Group(
        uid=head.source,
        prod_id=PRODID,
        updated=_utc(updated),
        title=clean(head.name),
        description=clean(head.description),
        locale=language(),
        color=head.color,
        source=head.source,
        links={"page": Link(href=head.url, rel="describedby"), "self": Link(href=head.source, rel="self")},
    )
    return msgspec.json.encode(group)[:-1] + b',"entries":[', b"]}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _duration(length: timedelta) -> str:
    """RFC 8984 §1.4.6: « PT2H30M »; a calendar's day is no unit of ours."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")
