"""A webinar: one calendar object for each person invited; it asks for no answer, as nobody would read it (RFC 5545)."""

from datetime import datetime

from icalendar import Calendar, Event

from shared.calendar.invitation import Method
from shared.calendar.objects import PRODID, paris, put, put_alarm, put_uri, tell, write_calendar
from shared.calendar.people import attendee, organiser
from shared.languages import _
from shared.people import Person
from shared.webinars import WebinarNotice


def write_webinar(
    webinar: WebinarNotice, *, uid: str, stamp: datetime, method: Method, organiser_address: str, invited: Person
) -> bytes:
    """One VCALENDAR of one VEVENT for one person; equal arguments give equal bytes.

    The link stands three times: CONFERENCE (RFC 7986 §5.11) is what newer programs offer a button for, LOCATION and
    DESCRIPTION are what all others show.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("sequence", webinar.sequence)
    cancelled = method == "CANCEL"
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", organiser(organiser_address, webinar.organisation))
    event.add("attendee", attendee(invited, "NEEDS-ACTION", answers=False))
    starts_at = paris(webinar.starts_at)
    event.add("dtstart", starts_at)
    event.add("dtend", paris(webinar.ends_at))
    put(event, "summary", webinar.title)
    if not cancelled:
        event.add("transp", "OPAQUE")
        put(event, "location", webinar.link)
        put(event, "description", "\n".join(filter(None, (tell(_("Lien"), webinar.link), webinar.word))))
        put_uri(event, "conference", webinar.link, VALUE="URI", FEATURE="VIDEO", LABEL=_("Rejoindre le webinaire"))
        put_alarm(event, starts_at, webinar.title)
    properties = Calendar()
    properties.add("version", "2.0")
    properties.add("prodid", PRODID)
    properties.add("calscale", "GREGORIAN")
    properties.add("method", method)
    return write_calendar(properties, [event.to_ical()])
