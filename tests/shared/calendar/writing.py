"""How calendar tests write: an invitation with what does not matter to them filled in, and what its lines are."""

from datetime import timedelta
from typing import Any

from shared.calendar.feed import FeedHead, FeedSession, write_feed
from shared.calendar.invitation import write_invitation
from shared.identifiers import new_id
from shared.people import Person
from shared.programme import Programme, ProgrammeSession
from tests.programmes import CHANGED

UID = "inscription@quinzaine.example"
PUPIL = Person(id=new_id(), first_name="Camille", last_name="Dupré", email="camille@eleve.example")
HEAD = FeedHead(
    name="Semaine",
    description="Cinq jours, cinq secteurs",
    source="http://quinzaine.example/calendars/semaine.ics",
    url="http://quinzaine.example/offres/semaine",
)


def invite(programme: Programme, *, sequence: int = 1, **changes: Any) -> bytes:
    """A REQUEST for a confirmed seat; a higher sequence is a later one."""
    given: dict[str, Any] = {
        "uid": UID,
        "stamp": CHANGED + timedelta(minutes=sequence),
        "method": "REQUEST",
        "status": "confirmed",
        "group_id": None,
        "organiser_address": "abcdefgh@quinzaine.example",
        "attendee": PUPIL,
        "personal_url": "http://quinzaine.example/inscriptions/jeton",
        "partstat": "ACCEPTED",
    }
    return write_invitation(programme, sequence=sequence, **{**given, **changes})


def feed_of(*sessions: ProgrammeSession, personal: bool = False, **changes: Any) -> bytes:
    """A feed of these sessions."""
    items = [FeedSession(session=session, offer_title="Semaine", offer_url=HEAD.url, **changes) for session in sessions]
    return write_feed(HEAD, items, domain="quinzaine.example", personal=personal)


def lines_of(ics: bytes) -> list[bytes]:
    """The physical lines; every one ends with CRLF."""
    assert ics.endswith(b"\r\n")
    return ics.removesuffix(b"\r\n").split(b"\r\n")
