"""Letters: what the mailbox shows of a mail it keeps."""

import email.policy
import re
from datetime import UTC, date, datetime
from email.message import EmailMessage
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
    paths = sorted((path for part in ("new", "cur") for path in (folder / part).glob("*")), key=_age, reverse=True)
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
                calendar=_calendar(message),
                source=source,
            )
    return None


def _age(path: Path) -> str:
    return path.name


def _head(path: Path) -> LetterHead:
    with path.open("rb") as file:
        headers = BytesHeaderParser(policy=email.policy.default).parse(file)
    name = path.name.split(":")[0]
    return LetterHead(
        name=name,
        received_at=datetime.fromtimestamp(int(name.split(".")[0]) / 1e9, UTC).astimezone(PARIS),
        sender=_display_name(str(headers.get("From", ""))),
        recipient=str(headers.get("To", headers.get("Delivered-To", ""))),
        subject=str(headers.get("Subject", "(sans objet)")),
    )


def _display_name(address: str) -> str:
    return address.rpartition("<")[0].strip().strip('"') or address


def _text(message: EmailMessage, subtype: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and part.get_content_disposition() != "attachment":
            content = part.get_content()
            return content if isinstance(content, str) else ""
    return ""


def _calendar(message: EmailMessage) -> CalendarPart | None:
    for part in message.walk():
        if part.get_content_type() in ("text/calendar", "application/ics"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _read_calendar(payload)
    return None


def _read_calendar(content: bytes) -> CalendarPart | None:
    try:
        calendar = Calendar.from_ical(content)
    except ValueError:
        return None
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
                        summary=str(event.get("SUMMARY", "")),
                        location=str(event.get("LOCATION", "")),
                    )
                    for event in days
                    if event.get("DTSTART") is not None and event.get("DTEND") is not None
                ),
                key=lambda entry: str(entry.starts_at),
            )
        ),
    )


def _local(moment: datetime | date) -> datetime | date:
    return moment.astimezone(PARIS) if isinstance(moment, datetime) and moment.tzinfo else moment
