"""Compose a mail: the MIME tree of an invitation (RFC 6047), with headers the library writes from checked values."""

import binascii
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache

from msgspec import Struct

_WIRE = compat32.clone(linesep="\r\n", max_line_length=None)
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = QP


class UnsafeHeader(ValueError):
    """An address or an id holds a character that could begin another header."""


class Sheet(Struct, frozen=True, kw_only=True):
    """What is put in the envelope: the texts, and the calendar where the message has one.

    `method` REQUEST, CANCEL or DECLINECOUNTER makes the calendar one that a mail program acts upon; PUBLISH leaves it
    a file one may open.
    """

    message_id: str
    date: datetime
    sender: tuple[str, str]
    recipient: tuple[str, str]
    # the address that answers go to, where it is not the sender's
    reply_to: str = ""
    subject: str
    text: str
    html: str
    language: str = "fr"
    calendar: bytes | None = None
    method: str | None = None
    # where one press ends this kind of message (RFC 8058); https, and only in a mail that will be signed
    unwanted_url: str | None = None


def compose_mail(sheet: Sheet) -> bytes:
    """The mail as it goes over the wire, CRLF and 7 bits; equal sheets are equal bytes. Raises `UnsafeHeader`."""
    mark = "".join(character for character in sheet.message_id.partition("@")[0] if character.isalnum())
    texts = [(_PLAIN, _quoted(sheet.text)), (_HTML, _quoted(sheet.html))]
    headers = _headers(sheet)
    if sheet.calendar is None:
        return b"".join(_multipart("alternative", f"=_{mark}_a", texts, headers))
    calendar = _base64(sheet.calendar)
    if head := _CALENDAR.get(sheet.method or ""):
        texts.append((head, calendar))
    inner = b"".join(_multipart("alternative", f"=_{mark}_a", texts, ()))
    return b"".join(_multipart("mixed", f"=_{mark}_m", [(b"", inner), (_FILE, calendar)], headers))


def _multipart(
    subtype: str, boundary: str, parts: Sequence[tuple[bytes, bytes]], headers: Iterable[tuple[str, str]]
) -> Iterator[bytes]:
    """A multipart entity (RFC 2046 §5.1); the parts are written already.

    The boundary begins with `=_`, which neither quoted-printable nor base64 can hold.
    """
    yield f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n'.encode()
    for name, value in headers:
        yield _line(name, value)
    yield b"\r\n"
    mark = f"--{boundary}".encode()
    for head, body in parts:
        yield mark + b"\r\n" + head + body + b"\r\n"
    yield mark + b"--\r\n"


def _line(name: str, value: str) -> bytes:
    """A header as it is: checked, encoded and folded already; an address beyond ASCII is the library's to write."""
    if value.isascii():
        return f"{name}: {value}\r\n".encode()
    message = Message(policy=_WIRE)
    message[name] = value
    return _head_of(message).removesuffix(b"\r\n")


def _head_of(message: Message) -> bytes:
    head, blank, _ = message.as_bytes(policy=_WIRE).partition(b"\r\n\r\n")
    return head + blank


def _headers(sheet: Sheet) -> list[tuple[str, str]]:
    unwanted = []
    if sheet.unwanted_url:
        unwanted = [
            ("List-Unsubscribe", f"<{_checked(sheet.unwanted_url)}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return [
        *unwanted,
        ("From", _address("From", *sheet.sender)),
        ("To", _address("To", *sheet.recipient)),
        *([("Reply-To", _checked(sheet.reply_to))] if sheet.reply_to else []),
        ("Subject", _words("Subject", sheet.subject)),
        ("Date", format_datetime(sheet.date)),
        ("Message-ID", _checked(sheet.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", sheet.language),
    ]


def _address(header: str, name: str, address: str) -> str:
    """« Name <address> » with the name in encoded words where it needs them (RFC 2047)."""
    name = one_line(name)
    if name.isascii():
        return formataddr((name, _checked(address)))
    return f"{_words(header, name)}\r\n <{_checked(address)}>"


@lru_cache(maxsize=256)
def _words(header: str, text: str) -> str:
    text = one_line(text)
    return Header(text, "us-ascii" if text.isascii() else _UTF8, header_name=header).encode(linesep="\r\n")


def one_line(text: str) -> str:
    """Words for people, on one line: every kind of space is a space, every control character is nothing."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())


def _checked(value: str) -> str:
    if not value.isprintable():
        raise UnsafeHeader("A header cannot hold a line break or a control character.")
    return value


def _quoted(text: str) -> bytes:
    return binascii.b2a_qp(text.encode(), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _base64(content: bytes) -> bytes:
    coded = binascii.b2a_base64(content, newline=False)
    return b"\r\n".join([coded[start : start + 76] for start in range(0, len(coded), 76)])


def _part(maintype: str, subtype: str, encoding: str, *, file: str = "", **parameters: str) -> bytes:
    part = MIMENonMultipart(maintype, subtype, policy=_WIRE, **parameters)
    part["Content-Transfer-Encoding"] = encoding
    if file:
        part.add_header("Content-Disposition", "attachment", filename=file)
    return _head_of(part)


# the heads of the parts are the same in every mail
_PLAIN = _part("text", "plain", "quoted-printable", charset="utf-8")
_HTML = _part("text", "html", "quoted-printable", charset="utf-8")
_CALENDAR = {
    method: _part("text", "calendar", "base64", charset="UTF-8", method=method)
    for method in ("REQUEST", "CANCEL", "DECLINECOUNTER")
}
_FILE = _part("application", "ics", "base64", name="quinzaine.ics", file="quinzaine.ics")
