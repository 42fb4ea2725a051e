"""A calendar's reply as RFC 5546 writes it: the method, whose entry, and what is answered to which days."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from services.notifications.inbound.same_address import same_address
from services.notifications.inbound.unreadable import Unreadable
from shared.french_dates import PARIS

if TYPE_CHECKING:
    from icalendar import Event

COMPONENTS_AT_MOST = 60
LINES_AT_MOST = 4_000
# a clock that is ahead would else have the last word for ever
CLOCKS_DIFFER = timedelta(minutes=5)
_BOMB = re.compile(r"^(RRULE|EXRULE)[^\n]*(FREQ=(SECONDLY|MINUTELY|HOURLY)|COUNT=\d{4,})", re.IGNORECASE | re.MULTILINE)
_DATES = re.compile(r"^(RDATE|EXDATE)[;:]", re.IGNORECASE | re.MULTILINE)

Method = Literal["REPLY", "COUNTER", "REFRESH"]
METHODS: tuple[Method, ...] = ("REPLY", "COUNTER", "REFRESH")
ANSWERS: dict[str, Literal["accepted", "declined", "tentative"]] = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
}


class Reply(Struct, frozen=True, kw_only=True):
    """One component: `day` is the RECURRENCE-ID's, as Paris dates it. No `attendee`: none, or more than one."""

    attendee: str
    answer: Literal["accepted", "declined", "tentative"] | None
    day: date | None = None
    # of this day and all later ones (RANGE=THISANDFUTURE)
    ranged: bool = False
    sequence: int
    stamp: datetime | None

    def given_at(self, received_at: datetime) -> datetime:
        """When it was given, as the calendar says, but not later than it came in."""
        return min(self.stamp or received_at, received_at + CLOCKS_DIFFER)


class CalendarReply(Struct, frozen=True, kw_only=True):
    """All components have one UID; those of all days come first."""

    method: Method
    uid: str
    replies: tuple[Reply, ...]


def read_reply(text: str) -> CalendarReply | None:
    """What a calendar part answers; None where it answers nothing (an invitation that was quoted, a file).

    Nothing that recurs is ever unfolded. Raises `Unreadable`.
    """
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    method = re.search(r"^METHOD[^:\n]*:[ \t]*([A-Za-z-]+)", unfolded, re.IGNORECASE | re.MULTILINE)
    named = method[1].upper() if method else ""
    if named not in METHODS:
        return None
    _refuse_bombs(unfolded)
    # until a calendar answers, its library takes no memory
    from icalendar import Calendar, Event

    try:
        calendar = Calendar.from_ical(text)
        events = [each for each in calendar.walk("VEVENT") if isinstance(each, Event)]
        replies = [_reply(event) for event in events]
        uids = {str(event.get("UID", "")).strip() for event in events}
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    except Exception as error:  # each type of value raises its own on what it cannot read
        raise Unreadable("the calendar cannot be read") from error
    if len(uids) != 1 or "" in uids:
        raise Unreadable("a reply is to one entry")
    ordered = sorted(replies, key=lambda each: (each.day is not None, each.day or date.min))
    return CalendarReply(method=named, uid=uids.pop(), replies=tuple(ordered))


def _refuse_bombs(text: str) -> None:
    if text.count("\n") > LINES_AT_MOST or text.upper().count("BEGIN:VEVENT") > COMPONENTS_AT_MOST:
        raise Unreadable("too many components")
    if _BOMB.search(text) or len(_DATES.findall(text)) > COMPONENTS_AT_MOST:
        raise Unreadable("too many recurrences")


def _reply(event: "Event") -> Reply:
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    only = attendees[0] if len(attendees) == 1 else None
    instance = event.get("RECURRENCE-ID")
    stamp = event.get("DTSTAMP")
    return Reply(
        attendee=_address(only) if only is not None else "",
        answer=ANSWERS.get(str(only.params.get("PARTSTAT", "")).upper()) if only is not None else None,
        day=_day(instance.dt) if instance is not None else None,
        ranged=instance is not None and "RANGE" in instance.params,
        sequence=min(max(int(event.get("SEQUENCE", 0)), 0), 2**31 - 1),
        stamp=_moment(stamp.dt) if stamp is not None else None,
    )


def _address(attendee: object) -> str:
    """`MAILTO:Lea@Example` → `lea@example`; a parameter EMAIL (RFC 7986) says it where the value is no address."""
    value = str(attendee).strip()
    if value.lower().startswith("mailto:"):
        value = value[7:]
    elif "@" not in value:
        value = str(getattr(attendee, "params", {}).get("EMAIL", ""))
    return same_address(value)


def _day(instance: date) -> date:
    if isinstance(instance, datetime):
        return instance.astimezone(PARIS).date() if instance.tzinfo else instance.date()
    return instance


def _moment(stamp: date) -> datetime:
    if not isinstance(stamp, datetime):
        return datetime(stamp.year, stamp.month, stamp.day, tzinfo=UTC)
    return stamp.astimezone(UTC) if stamp.tzinfo else stamp.replace(tzinfo=UTC)
