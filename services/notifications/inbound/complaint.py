"""A complaint: a report that somebody has marked a message as unwanted (RFC 5965), as mailbox providers write it."""

import re
from email.message import Message

# the local part that complaints are sent to where a provider asks for one address; they come to a delivery's own, too
COMPLAINTS = "plaintes"
# what is no complaint of a person: a message put back, a signature that failed (RFC 6591)
NO_COMPLAINT = ("not-spam", "auth-failure")
_FIELDS, _FIELD_AT_MOST = ("original-mail-from", "return-path"), 1000


def read_complaint(message: Message) -> tuple[str, tuple[str, ...]]:
    """The type of the complaint, or none, and the addresses that the message complained of was sent from.

    Which delivery it was, only a signed address says: From and Message-ID can be made up by anybody.
    """
    kind = ""
    found: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(part)
            kind = fields.get("feedback-type", "").strip().lower()[:40]
            found += [fields[name] for name in _FIELDS if name in fields]
        elif kind and part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found += [value for name, value in _fields(part).items() if name == "return-path"]
    addresses = [address.lower() for value in found for address in re.findall(r"[^\s<>,;:]+@[^\s<>,;:]+", value)]
    return kind, tuple(dict.fromkeys(addresses))[:5]


def _fields(part: Message) -> dict[str, str]:
    """The fields of a part, in lower case, as the library reads a message in it or as plain lines."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        pairs = [(str(name), str(value)) for name, value in payload[0].raw_items()]
    else:
        content = part.get_payload(decode=True)
        text = content.decode("ascii", errors="replace") if isinstance(content, bytes) else ""
        pairs = re.findall(r"^([!-9;-~]+):[ \t]*([^\r\n]*)", text, re.MULTILINE)
    return {name.lower(): value[:_FIELD_AT_MOST] for name, value in reversed(pairs)}
