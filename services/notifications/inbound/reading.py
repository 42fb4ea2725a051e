"""What kind of mail came in: an answer of a calendar, a bounce, a letter, or something that asks for nothing."""

from typing import Literal

from msgspec import Struct

from services.notifications.inbound.calendar_reply import CalendarReply, Method, read_reply
from services.notifications.inbound.incoming import Incoming, read_mail

Kind = Literal["reply", "counter", "refresh", "letter", "automatic", "bounce", "complaint"]
_KINDS: dict[Method, Kind] = {"REPLY": "reply", "COUNTER": "counter", "REFRESH": "refresh"}


class Reading(Struct, frozen=True, kw_only=True):
    """A mail and what it is."""

    kind: Kind
    mail: Incoming
    reply: CalendarReply | None = None


def read(raw: bytes, *, to_delivery: bool, without_sender: bool) -> Reading:
    """Read a mail to an invitation's address, or (`to_delivery`) to where bounces and complaints come back to.

    `without_sender`: the envelope names nobody (`<>`), so no answer is expected (RFC 3834). Raises `Unreadable`.
    """
    mail = read_mail(raw)
    if to_delivery:
        if mail.complaint:
            return Reading(kind="complaint", mail=mail)
        return Reading(kind="bounce" if mail.report else "automatic", mail=mail)
    # a calendar may send its owner's answer « auto-generated »; an « auto-replied » one is no answer of anybody's
    if mail.calendar and not mail.auto_replied:
        reply = read_reply(mail.calendar)
        if reply is not None:
            return Reading(kind=_KINDS[reply.method], mail=mail, reply=reply)
    if mail.automatic or mail.report or mail.complaint or without_sender or not mail.words:
        return Reading(kind="automatic", mail=mail)
    return Reading(kind="letter", mail=mail)
