"""An invitation: one registration, one calendar object, the whole set in each message (RFC 5546, RFC 6047)."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal
from uuid import UUID

from icalendar import Calendar, Event

from shared.calendar.objects import (
    PRODID,
    clean,
    describe_session,
    paris,
    put,
    put_alarm,
    put_place,
    put_uri,
    tell,
    write_calendar,
)
from shared.calendar.people import attendee as attendee_of
from shared.calendar.people import organiser
from shared.french_dates import say_date
from shared.languages import Language, _, language
from shared.people import Person
from shared.programme import Programme, ProgrammeDay, ProgrammeSession

Method = Literal["REQUEST", "CANCEL", "PUBLISH", "DECLINECOUNTER"]
Partstat = Literal["ACCEPTED", "NEEDS-ACTION"]

_BEGIN, _END, _EVENTS = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"\0"


def has_entry(programme: Programme, group_id: UUID | None) -> bool:
    """Whether anything is left to put into a calendar: without a planned session the entry is to be cancelled."""
    return bool(programme.of_group(group_id))


def write_invitation(
    programme: Programme,
    *,
    uid: str,
    sequence: int,
    stamp: datetime,
    method: Method,
    status: str,
    group_id: UUID | None,
    organiser_address: str,
    attendee: Person | None,
    personal_url: str,
    partstat: Partstat,
) -> bytes:
    """One VCALENDAR for one person; equal arguments give equal bytes.

    A programme that has only ever had one day is one VEVENT. Otherwise it is a daily series with an EXDATE for each
    date without a session and an override, with RECURRENCE-ID, for each day: the master's DTSTART is the first
    instance fixed at publication and never moves, so that no override is ever orphaned. Its DESCRIPTION holds the whole
    programme: a client that drops overrides still tells the truth about the days.

    `stamp` is the time of the fact that caused the message (DTSTAMP). Without an attendee it is a plain file.
    """
    own = Event()
    own.add("uid", uid)
    own.add("dtstamp", stamp)
    own.add("sequence", sequence)
    own.add("status", _status(method, status))
    own.add("organizer", organiser(organiser_address, programme.organisation))
    if attendee is not None:
        own.add("attendee", attendee_of(attendee, partstat))
    if personal_url:
        put_uri(own, "url", personal_url)
    lines = own.to_ical().removeprefix(_BEGIN).removesuffix(_END)
    common = _common(programme, group_id, method == "CANCEL", language())
    head, tail = _envelope(method)
    return b"".join((head, *(_BEGIN + lines + component.removeprefix(_BEGIN) for component in common), tail))


def write_decline_counter(
    programme: Programme,
    *,
    uid: str,
    sequence: int,
    stamp: datetime,
    day: date | None,
    organiser_address: str,
    attendee: Person,
) -> bytes:
    """The answer to a counter-proposal (RFC 5546 §3.2.8): it stays as it was. `sequence` is the proposal's own."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("sequence", sequence)
    starts_at = _instance(programme, day) if day else paris(programme.series_starts_at)
    event.add("dtstart", starts_at)
    if day:
        event.add("recurrence-id", starts_at)
    event.add("organizer", organiser(organiser_address, programme.organisation))
    event.add("attendee", attendee_of(attendee, "NEEDS-ACTION"))
    put(event, "summary", programme.title)
    put(event, "comment", _("Les horaires ne peuvent pas changer pour une seule personne."))
    head, tail = _envelope("DECLINECOUNTER")
    return b"".join((head, event.to_ical(), tail))


@cache
def _envelope(method: Method) -> tuple[bytes, bytes]:
    """What stands around the events of every invitation of a method."""
    properties = Calendar()
    properties.add("version", "2.0")
    properties.add("prodid", PRODID)
    properties.add("calscale", "GREGORIAN")
    properties.add("method", method)
    head, tail = write_calendar(properties, [_EVENTS]).split(_EVENTS)
    return head, tail


@lru_cache(maxsize=64)
def _common(
    programme: Programme,
    group_id: UUID | None,
    cancelled: bool,
    said_in: Language,  # noqa: ARG001  # one calendar a language
) -> tuple[bytes, ...]:
    """The components without what is one person's own: written once for everybody of a group and a language."""
    days = programme.of_group(group_id)
    if cancelled or not days:
        events = [_cancelled(programme)]
    elif len(programme.days) == 1:
        events = [_day(programme, days[0])]
    else:
        events = [_master(programme, days), *(_override(programme, day) for day in days)]
    return tuple(event.to_ical() for event in events)


def _master(programme: Programme, days: tuple[ProgrammeDay, ...]) -> Event:
    event = Event()
    starts_at, ends_at = paris(programme.series_starts_at), paris(programme.series_ends_at)
    first = starts_at.date()
    last = max([first, *(day.instance_on for day in programme.days)])
    length = (last - first).days + 1
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("rrule", {"freq": "daily", "count": length})
    attended = {day.instance_on for day in days}
    for number in range(length):
        instance = first + timedelta(days=number)
        if instance not in attended:
            event.add("exdate", _instance(programme, instance))
    summary = programme.title
    event.add("transp", "OPAQUE")
    put(event, "summary", summary)
    put(event, "location", programme.city)
    put(event, "description", _describe(programme, days))
    _put_sectors(event, [day.sector_label for day in days])
    put_alarm(event, starts_at, summary)
    return event


def _override(programme: Programme, day: ProgrammeDay) -> Event:
    event = _day(programme, day)
    event.add("recurrence-id", _instance(programme, day.instance_on))
    return event


def _day(programme: Programme, day: ProgrammeDay) -> Event:
    """A day as one entry: from its first start to its last end, at its first session's place."""
    event = Event()
    starts_at = paris(day.sessions[0].starts_at)
    event.add("dtstart", starts_at)
    event.add("dtend", paris(max(session.ends_at for session in day.sessions)))
    summary = tell(programme.title, day.sector_label) if day.sector_label else programme.title
    event.add("transp", "OPAQUE")
    put(event, "summary", summary)
    put_place(event, _first_place(day))
    put(event, "description", _describe(programme, (day,)))
    _put_sectors(event, [day.sector_label])
    put_alarm(event, starts_at, summary)
    return event


def _cancelled(programme: Programme) -> Event:
    """The end of the UID: without RECURRENCE-ID it cancels the whole series (RFC 5546 §3.2.5)."""
    event = Event()
    event.add("dtstart", paris(programme.series_starts_at))
    event.add("dtend", paris(programme.series_ends_at))
    put(event, "summary", programme.title)
    put(event, "location", programme.city)
    return event


def _instance(programme: Programme, day: date) -> datetime:
    """The start of the series' instance on a date, at the series' own time of day."""
    return datetime.combine(day, paris(programme.series_starts_at).time(), paris(programme.series_starts_at).tzinfo)


def _first_place(day: ProgrammeDay) -> ProgrammeSession | None:
    return next((session for session in day.sessions if session.place or session.online_url), None)


def _describe(programme: Programme, days: tuple[ProgrammeDay, ...]) -> str:
    parts = []
    for day in days:
        head = say_date(day.date) + (f" – {day.sector_label}" if day.sector_label else "")
        parts.append("\n".join([head, *(describe_session(session) for session in day.sessions)]))
    if programme.contact:
        parts.append(tell(_("Contact"), programme.contact))
    return "\n\n".join(parts)


def _put_sectors(event: Event, labels: list[str]) -> None:
    known = [clean(label) for label in dict.fromkeys(labels) if label]
    if known:
        event.add("categories", known)


def _status(method: Method, status: str) -> str:
    if method == "CANCEL":
        return "CANCELLED"
    return "TENTATIVE" if status == "held" else "CONFIRMED"
