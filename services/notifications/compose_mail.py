"""Compose a mail: the MIME tree of an invitation (RFC 6047), with headers the library writes from checked values."""

import binascii
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr

from msgspec import Struct

_WIRE = compat32.clone(linesep="\r\n", max_line_length=None)
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = QP


class UnsafeHeader(ValueError):
    """An address or an id holds a character that could begin another header."""


class Sheet(Struct, frozen=True, kw_only=True):
    """What is put in the envelope: the texts, and the calendar where the message has one.

    `method` REQUEST or CANCEL makes the calendar an invitation; PUBLISH leaves it a file one may open.
    """

    message_id: str
    date: datetime
    sender: tuple[str, str]
    recipient: tuple[str, str]
    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: str | None = None


def compose_mail(sheet: Sheet) -> bytes:
    """The mail as it goes over the wire, CRLF and 7 bits; equal sheets are equal bytes. Raises `UnsafeHeader`."""
    mark = "".join(character for character in sheet.message_id.partition("@")[0] if character.isalnum())
    texts: Message = MIMEMultipart("alternative", boundary=f"=_{mark}_a", policy=_WIRE)
    texts.attach(_quoted("plain", sheet.text))
    texts.attach(_quoted("html", sheet.html))
    mail = texts
    if sheet.calendar is not None:
        coded = binascii.b2a_base64(sheet.calendar, newline=False).decode()
        lines = "\n".join(coded[start : start + 76] for start in range(0, len(coded), 76)) + "\n"
        if sheet.method in ("REQUEST", "CANCEL"):
            texts.attach(_base64("text", "calendar", lines, {"charset": "UTF-8", "method": str(sheet.method)}))
        mail = MIMEMultipart("mixed", boundary=f"=_{mark}_m", policy=_WIRE)
        mail.attach(texts)
        file = _base64("application", "ics", lines, {"name": "quinzaine.ics"})
        file.add_header("Content-Disposition", "attachment", filename="quinzaine.ics")
        mail.attach(file)
    for name, value in _headers(sheet):
        mail[name] = value
    return mail.as_bytes(policy=_WIRE)


def _headers(sheet: Sheet) -> list[tuple[str, str]]:
    return [
        ("From", _address("From", *sheet.sender)),
        ("To", _address("To", *sheet.recipient)),
        ("Subject", _words("Subject", sheet.subject)),
        ("Date", format_datetime(sheet.date)),
        ("Message-ID", _checked(sheet.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "fr"),
    ]


def _address(header: str, name: str, address: str) -> str:
    """« Name <address> » with the name in encoded words where it needs them (RFC 2047)."""
    name = _one_line(name)
    if name.isascii():
        return formataddr((name, _checked(address)))
    coded = Header(name, _UTF8, header_name=header).encode(linesep="\r\n")
    return f"{coded}\r\n <{_checked(address)}>"


def _words(header: str, text: str) -> str:
    text = _one_line(text)
    return Header(text, "us-ascii" if text.isascii() else _UTF8, header_name=header).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    """Words for people, on one line: every kind of space is a space, every control character is nothing."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())


def _checked(value: str) -> str:
    if not value.isprintable():
        raise UnsafeHeader("A header cannot hold a line break or a control character.")
    return value


def _quoted(subtype: str, text: str) -> Message:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=_WIRE)
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(text.encode(), istext=True).decode())
    return part


def _base64(maintype: str, subtype: str, lines: str, parameters: dict[str, str]) -> Message:
    part = MIMENonMultipart(maintype, subtype, policy=_WIRE, **parameters)
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(lines)
    return part
