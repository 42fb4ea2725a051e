"""Calendar objects: what invitations and feeds have in common (RFC 5545), written by the icalendar library.

The VTIMEZONE is our own, built once: two RRULEs of the European rule. The library's `add_missing_timezones` takes
9.5 ms an event, and its lists of RDATE are misread by ical.js and vobject, an hour off all summer.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vDuration, vText, vUri

from shared.french_dates import say_times
from shared.languages import _, language
from shared.programme import ProgrammeSession

PARIS = ZoneInfo("Europe/Paris")
PRODID = "-//Quinzaine//Quinzaine 1//FR"

VTIMEZONE = (
    b"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n"
    b"BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n"
    b"BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    b"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"
    b"END:VTIMEZONE\r\n"
)

EVENING_BEFORE = 18
# controls but the line break; a byte order mark, which readers drop; half a character, which UTF-8 has not
_UNSPEAKABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\ufeff\ud800-\udfff]")


class Text(vText):
    """Text escaped as RFC 5545 §3.3.11 says. The library's own escape takes a backslash before N for a line break."""

    def to_ical(self) -> bytes:
        """Backslash, semicolon, comma and line break, each with a backslash."""
        escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def clean(text: str) -> str:
    """Text without the characters that no calendar can hold (RFC 5545 §3.1: CONTROL); line breaks stay."""
    if text.isprintable():
        return text
    return _UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def paris(moment: datetime) -> datetime:
    """The moment as a wall clock in Europe/Paris shows it."""
    return moment.astimezone(PARIS)


def put(event: Event, name: str, text: str, **parameters: str) -> None:
    """Add a text property, if there is something to say."""
    if text:
        event.add(name, Text(clean(text)), parameters=parameters)


def put_uri(event: Event, name: str, uri: str, **parameters: str) -> None:
    """Add a URI property."""
    event.add(name, vUri(clean(uri).replace("\n", "")), parameters=parameters)


def put_place(event: Event, session: ProgrammeSession | None) -> None:
    """LOCATION, GEO, and CONFERENCE (RFC 7986 §5.11) for what is online."""
    if session is None:
        return
    put(event, "location", ", ".join(part for part in (session.place, session.room) if part))
    if session.latitude is not None and session.longitude is not None:
        event.add("geo", (session.latitude, session.longitude))
    if session.online_url:
        put_uri(event, "conference", session.online_url, VALUE="URI", FEATURE="VIDEO", LABEL=_("Rejoindre la séance"))


def put_alarm(event: Event, starts_at: datetime, summary: str) -> None:
    """One reminder, the evening before at 18:00, shown on the screen."""
    local = paris(starts_at)
    evening = (local - timedelta(days=1)).replace(hour=EVENING_BEFORE, minute=0, second=0, microsecond=0)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", Text(clean(_("Demain : {summary}", summary=summary))))
    alarm.add("trigger", vDuration(evening.replace(tzinfo=None) - local.replace(tzinfo=None)))
    event.add_component(alarm)


def describe_session(session: ProgrammeSession, *, contact: bool = True) -> str:
    """A session in a few lines of plain text: times, title, host, place, who speaks, how to come, what to bring."""
    head = tell(say_times(session.starts_at, session.ends_at), session.title)
    if session.group:
        head += " " + _("(groupe {group})", group=session.group)
    lines = [head]
    host = " – ".join(part for part in (session.host, session.place) if part)
    for label, text in (
        ("", host),
        (_("Salle"), session.room),
        (_("En ligne"), session.online_url or ""),
        (_("Intervenants"), " ; ".join(session.speakers)),
        (_("Rendez-vous"), session.meeting_point),
        (_("Accès"), session.access),
        (_("À apporter"), session.bring),
        (_("Contact"), session.contact if contact else ""),
    ):
        if text:
            lines.append(f"  {tell(label, text)}" if label else f"  {text}")
    return "\n".join(lines)


def tell(label: str, text: str) -> str:
    """« Salle : B12 », "Room: B12"."""
    return f"{label} : {text}" if language() == "fr" else f"{label}: {text}"


def write_calendar(properties: Calendar, events: Iterable[bytes]) -> bytes:
    """A VCALENDAR of ready-made components, the time zone first; CRLF, UTF-8, lines of at most 75 octets."""
    empty = properties.to_ical()
    head, tail = empty.split(b"END:VCALENDAR", 1)
    return b"".join((head, VTIMEZONE, *events, b"END:VCALENDAR", tail))
