"""A promise: one session or one-to-one slot that somebody has said yes to, as one calendar object (RFC 5546)."""

from datetime import datetime

from icalendar import Calendar, Event
from msgspec import Struct

from shared.appointment import Appointment
from shared.calendar.invitation import Method
from shared.calendar.objects import PRODID, clean, paris, put, put_alarm, put_uri, tell, write_calendar
from shared.calendar.people import attendee, organiser
from shared.languages import _
from shared.people import Person


class Promise(Struct, frozen=True, kw_only=True):
    """What an entry shows. `tentative`: it was promised, has changed, and is asked anew.

    `details` are label and text; `url` is the page one answers on, or empty.
    """

    appointment: Appointment
    tentative: bool = False
    details: tuple[tuple[str, str], ...] = ()
    url: str = ""


def write_promise(
    promise: Promise,
    *,
    uid: str,
    sequence: int,
    stamp: datetime,
    method: Method,
    organiser_address: str,
    invited: Person | None,
) -> bytes:
    """One VCALENDAR of one VEVENT for one person; equal arguments give equal bytes. Nobody invited: a plain file."""
    appointment = promise.appointment
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("sequence", sequence)
    cancelled = method == "CANCEL"
    event.add("status", "CANCELLED" if cancelled else "TENTATIVE" if promise.tentative else "CONFIRMED")
    event.add("organizer", organiser(organiser_address, appointment.organisation))
    if invited is not None:
        event.add("attendee", attendee(invited, "NEEDS-ACTION" if promise.tentative else "ACCEPTED"))
    starts_at = paris(appointment.starts_at)
    event.add("dtstart", starts_at)
    event.add("dtend", paris(appointment.ends_at))
    summary = _summary(appointment)
    put(event, "summary", summary)
    put(event, "location", ", ".join(part for part in (appointment.place, appointment.room) if part))
    if method == "DECLINECOUNTER":
        put(event, "comment", _("Un autre horaire se propose sur votre page ; l’organisateur en décide."))
    if not cancelled:
        event.add("transp", "OPAQUE")
        put(event, "description", _describe(promise))
        if promise.url:
            put_uri(event, "url", promise.url)
        put_alarm(event, starts_at, summary)
    properties = Calendar()
    properties.add("version", "2.0")
    properties.add("prodid", PRODID)
    properties.add("calscale", "GREGORIAN")
    properties.add("method", method)
    return write_calendar(properties, [event.to_ical()])


def _summary(appointment: Appointment) -> str:
    title, offer = clean(appointment.title), clean(appointment.offer)
    return title if title == offer or not offer else tell(offer, title)


def _describe(promise: Promise) -> str:
    appointment = promise.appointment
    lines = [_("À confirmer de nouveau : la séance a changé.")] if promise.tentative else []
    lines += [
        tell(label, text)
        for label, text in (
            (_("Rendez-vous"), appointment.meeting_point),
            (_("À prévoir"), appointment.expected),
            (_("Contact"), appointment.contact),
            *promise.details,
        )
        if text
    ]
    return "\n".join(lines)
