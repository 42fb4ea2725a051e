"""Replies as calendars write them: what each client sends for an invitation it was sent. Nobody's real mail."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from msgspec import Struct

STAMP = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Invited(Struct, frozen=True, kw_only=True):
    """What a client knows of an invitation: it answers with these."""

    uid: str
    sequence: int
    organizer: str
    attendee: str


def invited_by(mail: EmailMessage) -> Invited:
    """What the invitation in a mail says."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    text = parts[0].get_payload(decode=True).decode().replace("\r\n ", "")
    lines = text.splitlines()
    return Invited(
        uid=next(line for line in lines if line.startswith("UID:"))[4:],
        sequence=int(next(line for line in lines if line.startswith("SEQUENCE:"))[9:]),
        organizer=parseaddr(str(mail["From"]))[1],
        attendee=parseaddr(str(mail["To"]))[1],
    )


def component(
    invited: Invited,
    partstat: str,
    *,
    day: date | None = None,
    stamp: datetime = STAMP,
    sequence: int | None = None,
    attendee: str | None = None,
    uid: str | None = None,
    extra: str = "",
) -> str:
    """One VEVENT as most clients write it."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid or invited.uid}",
        f"SEQUENCE:{invited.sequence if sequence is None else sequence}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"ORGANIZER;CN=Fédération des métiers:mailto:{invited.organizer}",
        f"ATTENDEE;CN=Camille;PARTSTAT={partstat}:mailto:{attendee or invited.attendee}",
        *([f"RECURRENCE-ID;TZID=Europe/Paris:{day:%Y%m%d}T090000"] if day else []),
        *extra.splitlines(),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(*components: str, method: str = "REPLY") -> str:
    """A VCALENDAR."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Agenda//FR", f"METHOD:{method}"]
    return "\r\n".join([*head, *components, "END:VCALENDAR", ""])


def mail_with(
    invited: Invited,
    text: str | bytes,
    *,
    method: str = "REPLY",
    sender: str | None = None,
    words: str = "",
    **headers: str,
) -> bytes:
    """A mail that carries a calendar, as it goes over the wire."""
    mail = EmailMessage()
    mail["From"] = f"Camille <{sender or invited.attendee}>"
    mail["To"] = invited.organizer
    mail["Subject"] = "Réponse"
    mail["Date"] = STAMP + timedelta(seconds=1)
    mail["Message-ID"] = headers.pop("message_id", None) or make_msgid(domain="agenda.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words or "Camille a répondu.")
    content = text.encode() if isinstance(text, str) else text
    mail.add_alternative(content, maintype="text", subtype="calendar", params={"method": method, "charset": "UTF-8"})
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def reply(invited: Invited, partstat: str, *, sender: str | None = None, message_id: str = "", **given) -> bytes:
    """A plain answer: to all days, or to one."""
    return mail_with(
        invited,
        calendar(component(invited, partstat, **given)),
        sender=sender,
        **({"message_id": message_id} if message_id else {}),
    )


def letter(invited: Invited, words: str, *, sender: str | None = None, subject: str = "Question", **headers) -> bytes:
    """What a person writes when they press « répondre »."""
    mail = EmailMessage()
    mail["From"] = f"Camille <{sender or invited.attendee}>"
    mail["To"] = invited.organizer
    mail["Subject"] = subject
    mail["Message-ID"] = make_msgid(domain="agenda.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
