"""A mail as it came in: the few things that matter of it, read within limits that no mail of a person reaches."""

import codecs
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr
from html.parser import HTMLParser

from msgspec import Struct

from services.notifications.inbound.complaint import read_complaint
from services.notifications.inbound.unreadable import Unreadable
from shared.plain_spaces import plain_spaces

PARTS_AT_MOST = 20
WORDS_AT_MOST = 20_000
CALENDAR_AT_MOST = 256 * 1024
# the library's reading of one header is quadratic in its length: seen, 6 s for 230 KB
HEADER_AT_MOST = 16 * 1024
# lines that may each begin a part, and headers that may each name a boundary
DASHED_LINES_AT_MOST, BOUNDARIES_AT_MOST = 2_000, 60
PACKED = re.compile(r"\.(?:zip|gz|tgz|bz2|xz|7z|rar|tar|jar|iso)$", re.IGNORECASE)
PACKED_TYPE = re.compile(r"application/(?:x-|vnd\.)?(?:zip|gzip|bzip2|xz|7z|rar|tar)(?:-compressed)?")
_AUTOMATIC = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Mail-Autoreply",
    "X-Auto-Response-Suppress",
    "List-Id",
)
# how programs that know nothing of RFC 3834 begin the subject of a vacation notice
_VACATION = re.compile(
    r"(?:réponse|message) (?:automatique|d[’']absence)|absen(?:ce|te?) (?:du|de) bureau"
    r"|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office",
    re.IGNORECASE,
)
# codecs that are no charset of a mail: one takes quadratic time, others read what nobody has written
_NO_CHARSETS = ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined")
_HEADER = re.compile(rb"[!-9;-~]+:")


class Incoming(Struct, frozen=True, kw_only=True):
    """`calendar` is the text of a calendar part, `report` the delivery report (RFC 3464) as blocks of fields."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    words: str
    attachments: int = 0
    calendar: str = ""
    report: tuple[dict[str, str], ...] = ()
    # a complaint (RFC 5965): its type, and the addresses it says the message came from
    complaint: str = ""
    complained_of: tuple[str, ...] = ()
    # sent by a machine for a person (RFC 3834), or to many
    automatic: bool = False
    auto_replied: bool = False


def read_mail(raw: bytes) -> Incoming:
    """What a mail says; raises `Unreadable`."""
    refuse_bombs(raw)
    try:
        message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw)
        return _read(message)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    except (ValueError, LookupError, AttributeError, IndexError, TypeError, AssertionError) as error:
        # what the library stumbles over in a malformed header is one of these
        raise Unreadable("cannot be read") from error


def refuse_bombs(raw: bytes) -> None:
    """What would take long to read is not read at all; raises `Unreadable`."""
    if b"\0" in raw:
        raise Unreadable("holds a NUL")
    if raw.lower().count(b"boundary") > BOUNDARIES_AT_MOST:
        raise Unreadable("too many parts")
    dashed = header = 0
    for line in raw.split(b"\n"):
        dashed += line.startswith(b"--")
        if line[:1] in (b" ", b"\t"):
            header += len(line) if header else 0
        else:
            header = len(line) if _HEADER.match(line) else 0
        if header > HEADER_AT_MOST:
            raise Unreadable("a header is too long")
    if dashed > DASHED_LINES_AT_MOST:
        raise Unreadable("too many parts")


def _read(message: EmailMessage) -> Incoming:
    parts = list(_leaves(message))
    name, sender = parseaddr(_header(message, "From"))
    if "@" not in sender:
        raise Unreadable("nobody sent it")
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    complaint, complained_of = read_complaint(message)
    return Incoming(
        message_id=_header(message, "Message-ID").strip(),
        sender=sender.strip().lower()[:254],
        sender_name=name.strip()[:120],
        subject=_header(message, "Subject")[:200],
        words=_words(parts)[:WORDS_AT_MOST],
        attachments=sum(part.get_content_disposition() == "attachment" for part in parts),
        calendar=_calendar(parts),
        report=_report(message),
        complaint=complaint,
        complained_of=complained_of,
        automatic=submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(name in message for name in _AUTOMATIC)
        or _VACATION.match(_header(message, "Subject")) is not None,
        auto_replied=submitted == "auto-replied",
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are no containers; raises `Unreadable` for too many, for archives and for UTF-7."""
    for count, part in enumerate(message.walk(), start=1):
        if count > PARTS_AT_MOST:
            raise Unreadable("too many parts")
        if PACKED.search(part.get_filename() or "") or PACKED_TYPE.fullmatch(part.get_content_type()):
            raise Unreadable("archives are not opened")
        if _codec(part) == "utf-7":
            raise Unreadable("UTF-7 is not read")
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _header(message: Message, name: str) -> str:
    """A header on one line; the bytes that no character can be made of are nothing."""
    value = str(message.get(name, ""))
    return " ".join("".join(each if each.isprintable() else " " for each in _clean(value)).split())


def _clean(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\ufffd", "?")


def _words(parts: list[EmailMessage]) -> str:
    """What a person wrote: the plain text, or that of the HTML where there is no other."""
    for subtype in ("plain", "html"):
        for part in parts:
            if part.get_content_type() == f"text/{subtype}" and part.get_content_disposition() != "attachment":
                text = _text(part)
                return _without_quotes(text if subtype == "plain" else _text_of(text))
    return ""


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = _codec(part)
    try:
        text = content.decode("latin-1" if charset in _NO_CHARSETS else charset, errors="replace")
    except (LookupError, UnicodeError):
        text = content.decode("latin-1")
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def _codec(part: EmailMessage) -> str:
    """The charset as Python names it, whatever it is called in the mail; `latin-1` where it is none."""
    try:
        return codecs.lookup(str(part.get_content_charset() or "utf-8")).name
    except (LookupError, ValueError):
        return "latin-1"


def _without_quotes(text: str) -> str:
    """The text without the mail it answers, where that stands below it; control characters are nothing."""
    lines = [
        "".join(each for each in line if each.isprintable() or each == "\t") for line in plain_spaces(text).split("\n")
    ]
    kept: list[str] = []
    for line in lines:
        if re.match(r"\s*-{2,}\s*(original|message|forwarded)", line, re.IGNORECASE):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    while kept and (not kept[-1] or re.search(r"(a \wcrit|wrote)\s*:$", kept[-1])):
        kept.pop()
    return "\n".join(kept).strip()


class _Text(HTMLParser):
    """The words of a page, without what is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # the library's hook
        self._hidden += tag in ("script", "style", "head", "title")
        if tag in ("p", "br", "div", "li", "tr", "blockquote"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head", "title"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split()) + " " if data.strip() else "")


def _text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html[: 4 * WORDS_AT_MOST])
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reader.words))


def _calendar(parts: list[EmailMessage]) -> str:
    """The first calendar part, in the body or attached."""
    for part in parts:
        if part.get_content_type() in ("text/calendar", "application/ics"):
            text = _text(part)
            if len(text) > CALENDAR_AT_MOST:
                raise Unreadable("the calendar is too long")
            if "BEGIN:VCALENDAR" in text.upper():
                return text
    return ""


def _report(message: EmailMessage) -> tuple[dict[str, str], ...]:
    """The fields of a delivery report: of the whole mail first, then of each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            blocks = part.get_payload()
            return tuple(
                {str(name).lower(): _clean(str(value))[:1000] for name, value in block.raw_items()}
                for block in blocks
                if isinstance(block, Message)
            )
    return ()
