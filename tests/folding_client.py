"""A client that folds messages in any order (RFC 5546 §2.1.5), built on other parsers than the one we write with."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import vobject
from dateutil.rrule import rrulestr
from msgspec import Struct
from vobject.base import Component

Rank = tuple[int, datetime, bool]


class Entry(Struct, frozen=True, order=True):
    """One appointment as a calendar shows it; times are UTC, `status` as in STATUS ("" when there is none)."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    location: str
    status: str


class FoldingCalendar:
    """A calendar that takes REQUEST, CANCEL and PUBLISH in any order, duplicates included.

    Of a UID the message with the highest (SEQUENCE, DTSTAMP) counts; at a tie a CANCEL does. A message with a master
    replaces the whole UID, one of overrides alone only these instances.
    """

    def __init__(self) -> None:
        # by UID, then by RECURRENCE-ID in UTC (None: the master)
        self._known: dict[str, dict[datetime | None, tuple[Rank, Component]]] = {}

    def apply(self, ics: bytes) -> None:
        """Take one message; raises `vobject.base.ParseError` for what is not iCalendar."""
        calendar = vobject.readOne(ics.decode("utf-8"))
        cancelled = _text(calendar, "method").upper() == "CANCEL"
        messages: dict[str, list[Component]] = {}
        for event in calendar.contents.get("vevent", []):
            messages.setdefault(event.uid.value, []).append(event)
        for uid, events in messages.items():
            self._fold(uid, events, cancelled=cancelled)

    def entries(self) -> list[Entry]:
        """What the calendar shows, by start; a series is expanded. What a CANCEL has ended is not in it."""
        found = [entry for uid, components in self._known.items() for entry in _expand(uid, components)]
        return sorted(found, key=lambda entry: (entry.start, entry.end, entry.uid))

    def _fold(self, uid: str, events: list[Component], *, cancelled: bool) -> None:
        known = self._known.setdefault(uid, {})
        master = known.get(None)
        for event in sorted(events, key=lambda event: "recurrence-id" in event.contents):
            instance = _instant(event.recurrence_id.value) if "recurrence-id" in event.contents else None
            rank = (int(_text(event, "sequence") or 0), _instant(event.dtstamp.value), cancelled)
            if (master is not None and rank < master[0]) or (instance in known and rank < known[instance][0]):
                continue
            if instance is None:
                for other in [other for other, (its_rank, _) in known.items() if its_rank <= rank]:
                    del known[other]
            known[instance] = (rank, event)


def _expand(uid: str, components: dict[datetime | None, tuple[Rank, Component]]) -> Iterator[Entry]:
    overrides = {instance: held for instance, held in components.items() if instance is not None}
    if None in components:
        (_, _, cancelled), master = components[None]
        if not cancelled:
            length = _end(master) - _instant(master.dtstart.value)
            for start in _instances(master):
                if start not in overrides:
                    yield _entry(uid, master, start, start + length)
    for (_, _, cancelled), event in overrides.values():
        if not cancelled:
            yield _entry(uid, event, _instant(event.dtstart.value), _end(event))


def _instances(master: Component) -> Iterator[datetime]:
    """The starts of a series, on the wall clock of its own time zone."""
    first = master.dtstart.value
    if "rrule" not in master.contents:
        yield _instant(first)
        return
    without = {_instant(value) for line in master.contents.get("exdate", []) for value in line.value}
    for line in master.contents["rrule"]:
        for naive in rrulestr(line.value, dtstart=first.replace(tzinfo=None)):
            start = _instant(naive.replace(tzinfo=first.tzinfo))
            if start not in without:
                yield start


def _entry(uid: str, event: Component, start: datetime, end: datetime) -> Entry:
    return Entry(
        uid=uid,
        start=start,
        end=end,
        summary=_text(event, "summary"),
        location=_text(event, "location"),
        status=_text(event, "status"),
    )


def _end(event: Component) -> datetime:
    return _instant(event.dtend.value)


def _text(component: Component, name: str) -> str:
    lines = component.contents.get(name, [])
    return str(lines[0].value) if lines else ""


def _instant(value: datetime | date) -> datetime:
    """In UTC; a time that names no zone is taken as UTC, a date as its midnight."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return (value - (value.utcoffset() or timedelta())).replace(tzinfo=UTC)
