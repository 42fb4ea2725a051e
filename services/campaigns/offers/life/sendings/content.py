"""The very content of a message, as a planner may read it: everything but the secrets of who it was written to."""

import email
import email.policy
import re
from typing import cast

from msgspec import Struct

# a token in an address opens a page for whoever has it; an address for answers gives a seat back
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{40,}")
_ANSWERS = re.compile(r"\b[a-z2-7]{50,}(?=@)")
HIDDEN = "…"


class SentMail(Struct, frozen=True, kw_only=True):
    """Headers, both texts and the calendar (unfolded), the secrets hidden."""

    subject: str
    sender: str
    recipient: str
    message_id: str
    text: str
    html: str
    calendar: str


def read_mail(content: bytes) -> SentMail:
    """A mail as it was given to the server."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    bodies = {kind: part for kind in ("plain", "html") if (part := mail.get_body((kind,)))}
    calendars = [part for part in mail.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    raw = cast("bytes", calendars[0].get_payload(decode=True)).decode() if calendars else ""
    return SentMail(
        subject=str(mail["Subject"]),
        sender=hide_secrets(str(mail["From"])),
        recipient=str(mail["To"]),
        message_id=str(mail["Message-ID"]),
        text=hide_secrets(bodies["plain"].get_content().replace("\r\n", "\n")),
        html=hide_secrets(bodies["html"].get_content()),
        calendar=hide_secrets(raw.replace("\r\n ", "").replace("\r\n", "\n")),
    )


def hide_secrets(text: str) -> str:
    """The text without what opens a page or gives an answer."""
    return _ANSWERS.sub(HIDDEN, _TOKEN.sub(HIDDEN, text))
