"""Text of any kind stays text: it opens no component, adds no line, and comes back as it was."""

from datetime import date

import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.calendar.objects import clean
from shared.identifiers import new_id
from shared.people import Person
from tests.programmes import a_day, a_programme, a_session
from tests.shared.calendar.writing import feed_of, invite, lines_of

MONDAY = date(2027, 6, 14)
NASTY = (
    "A;B,C\n",
    "A;B,C\\n",
    "END:VEVENT",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:autre",
    "BEGIN:VEVENT",
    "a\rEND:VCALENDAR",
    "tabulation\tet \x00\x07\x1b\x7f de contrôle",
    "ligne\u2028séparée\u2029et\x85encore\x0b\x0c\x1c\x1d\x1e",
    "👩🏽‍🚒👨‍👩‍👧‍👦🇫🇷" * 20,
    "é" * 200,
    "\\;\\,\\n\\\\",
    "C:\\Nord\\nord",
    '"; ATTENDEE=mailto:x@y.example:',
    "^n^'^^",
    "\ud800 seul",
    "  espaces au bord  ",
    "\ufeffmarque\u200f\u202e",
)
ANY_TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=120),
    st.text(alphabet=st.characters(codec=None, categories=None), max_size=60),
    st.text(alphabet=';,:\\"\n\r\t ABENDVT=é👩', max_size=80),
)
QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nasty_programme(text: str, *, days: int = 2):
    dates = [date(2027, 6, 14 + number) for number in range(days)]
    return a_programme(
        *(
            a_day(
                day,
                a_session(
                    day,
                    9,
                    12,
                    title=text,
                    host=text,
                    place=text,
                    room=text,
                    contact=text,
                    meeting_point=text,
                    access=text,
                    bring=text,
                    speakers=(text, text),
                ),
                sector_label=text,
            )
            for day in dates
        ),
        first=dates[0],
        title=text,
        organisation=text,
        city=text,
        contact=text,
    )


def names_of(ics: bytes) -> list[str]:
    """Every content line's name, unfolded as RFC 5545 §3.1 says; BEGIN and END with what they name."""
    unfolded = ics.decode("utf-8").replace("\r\n ", "")
    lines = unfolded.removesuffix("\r\n").split("\r\n")
    return [line if line.startswith(("BEGIN:", "END:")) else line.replace(";", ":").split(":", 1)[0] for line in lines]


def check_lines(ics: bytes) -> None:
    for line in lines_of(ics):
        assert len(line) <= 75
        line.decode("utf-8")
        assert not any(octet < 32 or octet == 127 for octet in line), line


@given(text=ANY_TEXT)
@QUICK
def test_text_changes_no_structure_of_an_invitation(text):
    attendee = Person(id=new_id(), first_name=text, last_name=text, email="camille@eleve.example")
    ics = invite(nasty_programme(text), attendee=attendee)
    check_lines(ics)
    names = names_of(ics)
    # with empty or blank text there may be fewer properties, never others
    assert set(names) <= set(names_of(invite(nasty_programme("Texte"))))
    assert names.count("BEGIN:VEVENT") == names.count("END:VEVENT") == 3
    assert names.count("UID") == names.count("ATTENDEE") == names.count("ORGANIZER") == 3


@given(text=ANY_TEXT)
@QUICK
def test_text_changes_no_structure_of_a_feed(text):
    sessions = [day.sessions[0] for day in nasty_programme(text).days]
    ics = feed_of(*sessions, sector_label=text, personal=True)
    check_lines(ics)
    names = names_of(ics)
    assert names.count("BEGIN:VEVENT") == names.count("UID") == 2
    assert names.count("BEGIN:VCALENDAR") == 1


@given(text=ANY_TEXT)
@QUICK
def test_text_comes_back_from_both_parsers(read_by_ical_js, text):
    ics = invite(nasty_programme(text, days=1))
    event = vobject.readOne(ics.decode("utf-8")).vevent
    (entry,) = read_by_ical_js(ics)["entries"]
    expected = clean(text)
    if expected:
        assert event.location.value == entry["location"] == ", ".join((expected, expected))
        assert event.summary.value == entry["summary"] == f"{expected} : {expected}"
        assert event.description.value == entry["description"]
        assert expected in entry["description"]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_each_known_trap_is_text_in_a_feed(read_by_ical_js, text):
    session = a_session(MONDAY, 9, 12, title=text, place=text)
    read = read_by_ical_js(feed_of(session, sector_label=text))
    (entry,) = read["entries"]
    assert entry["summary"] == f"Semaine : {clean(text)}"
    assert entry["location"] == clean(text)
    assert (read["components"], read["name"]) == (2, "Semaine")
