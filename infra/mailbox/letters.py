"""Letters: what the mailbox shows of a mail it keeps."""

import email.policy
import re
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from icalendar import Calendar
from msgspec import Struct

from shared.french_dates import PARIS

NAME = re.compile(r"[0-9]{10,20}\.[0-9]+_[0-9]+\.[A-Za-z0-9_.-]{1,255}")
STATES = {
    "REQUEST": "Invitation",
    "CANCEL": "Annulation",
    "PUBLISH": "Fichier d’agenda",
}


class LetterHead(Struct, frozen=True, kw_only=True):
    """A mail in the list."""

    name: str
    received_at: datetime
    sender: str
    recipient: str
    subject: str


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """One instance or event of a calendar part."""

    starts_at: datetime | date
    ends_at: datetime | date
    summary: str
    location: str


class CalendarPart(Struct, frozen=True, kw_only=True):
    """What a calendar part asks of a calendar: the method in words, whose entry, and its days."""

    method: str
    sequence: int
    tentative: bool
    entries: tuple[CalendarEntry, ...]


class Letter(Struct, frozen=True, kw_only=True):
    """A mail as it is read; `html` is shown only inside a sandboxed frame."""

    head: LetterHead
    text: str
    html: str
    calendar: CalendarPart | None
    source: bytes


def list_letters(folder: Path, *, limit: int) -> tuple[list[LetterHead], int]:
    """The newest mails first, at most `limit`, and how many there are."""
    paths = sorted(
        (path for part in ("new", "cur") for path in (folder / part).glob("*") if NAME.fullmatch(_name(path))),
        key=_age,
        reverse=True,
    )
    return [_head(path) for path in paths[:limit]], len(paths)


def find_letter(folder: Path, name: str) -> Letter | None:
    """One mail by its file name; None for a name that no mail has."""
    if not NAME.fullmatch(name):
        return None
    for part in ("new", "cur"):
        for path in (folder / part).glob(f"{name}*"):
            source = path.read_bytes()
            message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(source)
            return Letter(
                head=_head(path),
                text=_text(message, "plain"),
                html=_text(message, "html"),
                calendar=read_calendar_part(message),
                source=source,
            )
    return None


def _age(path: Path) -> str:
    return path.name


def _name(path: Path) -> str:
    return path.name.split(":")[0]


def _head(path: Path) -> LetterHead:
    with path.open("rb") as file:
        headers = BytesHeaderParser(policy=email.policy.default).parse(file)
    name = _name(path)
    return LetterHead(
        name=name,
        received_at=datetime.fromtimestamp(int(name.split(".")[0]) / 1e9, UTC).astimezone(PARIS),
        sender=_display_name(read_header(headers, "From")),
        recipient=read_header(headers, "To") or read_header(headers, "Delivered-To"),
        subject=read_header(headers, "Subject") or "(sans objet)",
    )


def read_header(headers: Message, name: str) -> str:
    """A header as a person reads it, encoded words decoded; empty where there is none."""
    try:
        if name == "From":
            # the library's own reader of addresses puts a space where a name was folded (RFC 2047 §6.2 has none)
            return _clean(str(make_header(decode_header(_raw(headers, name)))))
        return _clean(str(headers.get(name, "")))
    except Exception:  # noqa: BLE001  # on a malformed address the parser of headers raises whatever it stumbles over
        return _clean(_raw(headers, name))


def _raw(headers: Message, name: str) -> str:
    raw = (str(value) for given, value in headers.raw_items() if given.lower() == name.lower())
    return next(raw, "")


def _clean(text: str) -> str:
    """The text without what cannot be written in UTF-8."""
    return text.encode(errors="replace").decode()


def _display_name(address: str) -> str:
    return address.rpartition("<")[0].strip().strip('"') or address


def _text(message: EmailMessage, subtype: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and part.get_content_disposition() != "attachment":
            return _content(part)
    return ""


def _content(part: Message) -> str:
    try:
        content = part.get_content() if isinstance(part, EmailMessage) else ""
    except Exception:  # noqa: BLE001  # a charset nobody knows, or one that is no charset: each codec raises its own
        payload = part.get_payload(decode=True)
        content = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return _clean(content) if isinstance(content, str) else ""


def read_calendar_part(message: EmailMessage) -> CalendarPart | None:
    """What the calendar of a mail says, read by a library that did not write it; None without one that can be read."""
    for part in message.walk():
        if part.get_content_type() in ("text/calendar", "application/ics"):
            payload = part.get_payload(decode=True)
            try:
                return _read_calendar(payload) if isinstance(payload, bytes) else None
            except Exception:  # noqa: BLE001  # values of other types than theirs, given twice, out of range: no days are shown
                return None
    return None


def _read_calendar(content: bytes) -> CalendarPart | None:
    calendar = Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    if not events:
        return None
    days = [event for event in events if "RECURRENCE-ID" in event] or events
    return CalendarPart(
        method=STATES.get(str(calendar.get("METHOD", "")), "Agenda"),
        sequence=int(events[0].get("SEQUENCE", 0)),
        tentative=str(events[0].get("STATUS", "")) == "TENTATIVE",
        entries=tuple(
            sorted(
                (
                    CalendarEntry(
                        starts_at=_local(event.get("DTSTART").dt),
                        ends_at=_local(event.get("DTEND").dt),
                        summary=_clean(str(event.get("SUMMARY", ""))),
                        location=_clean(str(event.get("LOCATION", ""))),
                    )
                    for event in days
                    if event.get("DTSTART") is not None and event.get("DTEND") is not None
                ),
                key=lambda entry: str(entry.starts_at),
            )
        ),
    )


def _local(moment: object) -> datetime | date:
    if not isinstance(moment, date):
        raise TypeError("Neither a date nor a time of a day.")
    return moment.astimezone(PARIS) if isinstance(moment, datetime) and moment.tzinfo else moment
