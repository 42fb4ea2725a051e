"""The reply that a calendar would send: a newcomer presses a button, and a real iTIP REPLY is written."""

import email.policy
from datetime import date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import make_msgid, parseaddr
from typing import Literal

from icalendar import Calendar, Event
from msgspec import Struct

from shared.french_dates import PARIS

Partstat = Literal["ACCEPTED", "DECLINED"]
# what the product says a reply came to → what a newcomer reads
OUTCOMES = {
    "refused": "La place est rendue : elle passe aussitôt à la personne suivante, dont le message est dans la boîte.",
    "confirmed": "La place est confirmée.",
    "leaving": "La place est gardée une demi-heure, puis rendue. Un message permet de revenir sur ce non.",
    "kept": "Le non est annulé : la place est gardée, et l’invitation renvoyée.",
    "absent": "L’absence ce jour-là est notée et annoncée. La place est gardée pour les autres jours.",
    "expected": "C’est noté : l’élève est attendu ce jour-là.",
    "promise_confirmed": "La venue est confirmée : l’organisateur est prévenu.",
    "promise_declined": "Le non est transmis à l’organisateur. Un oui reste possible si personne d’autre n’est trouvé.",
    "promise_withdrawn": "L’engagement est levé, l’organisateur prévenu. Un message permet de revenir sur ce non.",
    "slot_freed": "Le créneau est libéré : un autre peut être choisi. L’autre personne est prévenue.",
    "slot_cancelled": "Le rendez-vous est annulé : l’élève est prévenu et peut choisir un autre créneau.",
    "noted": "C’est noté. Cela ne change rien.",
    "overtaken": "Une réponse plus récente a déjà été donnée : celle-ci ne change rien.",
    "ended": "Ce à quoi vous répondez a pris fin : la réponse ne change rien.",
    "outdated": "L’invitation a changé depuis : la réponse est notée sans effet, et l’état actuel est renvoyé.",
    "unknown_day": "Ce jour n’est plus au programme : la réponse ne change rien.",
    "foreign": "Cette réponse n’est pas celle de la personne invitée : elle ne change rien.",
    "later": "La réponse est reçue ; son effet vient dans un instant.",
    "not_taken": "La réponse a été refusée : cette invitation ne peut plus recevoir de réponse.",
    "away": "La réponse n’est pas partie : le service qui reçoit les réponses ne répond pas. Réessayez.",
}


class NothingToAnswer(Exception):
    """The mail holds no invitation, or no such day."""


class ReplyMail(Struct, frozen=True):
    """What is sent: the envelope's two addresses and the mail."""

    sender: str
    recipient: str
    mail: bytes


def days_to_answer(source: bytes) -> tuple[date, ...] | None:
    """The days of an invitation that can be answered one by one; none for one day; None where nothing is asked."""
    events = _invitation(source)
    if not events or "ATTENDEE" not in events[0] or "ORGANIZER" not in events[0]:
        return None
    return tuple(sorted(_day(event) for event in events if "RECURRENCE-ID" in event))


def write_reply(source: bytes, partstat: Partstat, *, day: date | None, now: datetime) -> ReplyMail:
    """The reply to the invitation in a mail (RFC 5546 §3.2.3, RFC 6047), to all days or to one.

    Raises `NothingToAnswer`.
    """
    events = _invitation(source)
    asked = next((event for event in events if (_day(event) if "RECURRENCE-ID" in event else None) == day), None)
    if asked is None or "ATTENDEE" not in asked or "ORGANIZER" not in asked:
        raise NothingToAnswer
    attendee, organizer = _address(asked.get("ATTENDEE")), _address(asked.get("ORGANIZER"))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Quinzaine//mailbox//FR")
    calendar.add("method", "REPLY")
    answer = Event()
    for name in ("UID", "SEQUENCE", "ORGANIZER", "RECURRENCE-ID", "DTSTART", "DTEND", "SUMMARY"):
        if name in asked:
            answer[name] = asked.get(name)
    answer.add("dtstamp", now)
    who = asked.get("ATTENDEE")
    who.params["PARTSTAT"] = partstat
    answer["ATTENDEE"] = who
    calendar.add_component(answer)
    return ReplyMail(attendee, organizer, _mail(attendee, organizer, partstat, calendar.to_ical(), now))


def outcome_in(code: int, said: str) -> str:
    """The key in `OUTCOMES` of what the server answered."""
    if code >= 500:
        return "not_taken"
    if code >= 400:
        return "away"
    word = said.removeprefix("2.0.0 ").partition(",")[0].strip()
    if " and " in said:
        return "later"
    return word if word in OUTCOMES else "foreign" if word in ("unclear", "unsent") else "noted"


def _mail(attendee: str, organizer: str, partstat: Partstat, calendar: bytes, now: datetime) -> bytes:
    said = "Accepté" if partstat == "ACCEPTED" else "Refusé"
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = attendee, organizer, said
    mail["Date"] = now
    mail["Message-ID"] = make_msgid(domain=attendee.rpartition("@")[2] or "localhost")
    mail.set_content(f"{said}.\n")
    mail.add_alternative(calendar, maintype="text", subtype="calendar", params={"method": "REPLY", "charset": "UTF-8"})
    return mail.as_bytes()


def _invitation(source: bytes) -> list[Event]:
    """The components of the invitation in a mail's body: the series first, then its days."""
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(source)
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/calendar" and isinstance(payload, bytes):
            try:
                calendar = Calendar.from_ical(payload)
                if str(calendar.get("METHOD", "")) == "REQUEST":
                    return [each for each in calendar.walk("VEVENT") if isinstance(each, Event)]
            except Exception:  # noqa: BLE001  # a mail that anybody has sent: what cannot be read is not answered
                return []
    return []


def _day(event: Event) -> date:
    instance: date = event.get("RECURRENCE-ID").dt
    return instance.astimezone(PARIS).date() if isinstance(instance, datetime) and instance.tzinfo else instance


def _address(value: object) -> str:
    return parseaddr(str(value).removeprefix("mailto:").removeprefix("MAILTO:"))[1]
