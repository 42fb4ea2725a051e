"""The people of a calendar object: who organises, who is invited (RFC 5545 §3.8.4)."""

from icalendar import vCalAddress

from shared.calendar.objects import clean
from shared.people import Person


def organiser(address: str, name: str) -> vCalAddress:
    """An address with its name."""
    found = vCalAddress(f"mailto:{address}")
    found.params["CN"] = _parameter(name)
    return found


def attendee(person: Person, partstat: str, *, answers: bool = True) -> vCalAddress:
    """The one person invited, who may answer by the calendar, but where nobody would read it."""
    found = organiser(person.email or "", person.name)
    found.params["CUTYPE"] = "INDIVIDUAL"
    found.params["ROLE"] = "REQ-PARTICIPANT"
    found.params["PARTSTAT"] = partstat
    found.params["RSVP"] = "TRUE" if answers else "FALSE"
    return found


def _parameter(text: str) -> str:
    """A parameter's value: on one line, without the quotation mark it cannot hold (RFC 5545 §3.2)."""
    return clean(text).replace("\n", " ").replace('"', "'")
