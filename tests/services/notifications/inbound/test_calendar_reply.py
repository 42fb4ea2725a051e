"""Replies as Gmail, Outlook and Apple's calendars write them, invented: each is read for what it says."""

from datetime import UTC, date, datetime

import pytest

from services.notifications.inbound.calendar_reply import CalendarReply, Reply, read_reply
from services.notifications.inbound.unreadable import Unreadable

UID = "01900000-0000-7000-8000-000000000004@quinzaine.example"
GMAIL = f"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VTIMEZONE
TZID:Europe/Paris
X-LIC-LOCATION:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:GMT+1
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Paris:20270614T090000
DTEND;TZID=Europe/Paris:20270614T160000
RRULE:FREQ=DAILY;COUNT=5
DTSTAMP:20270510T083100Z
ORGANIZER;CN=Fédération des métiers:mailto:aaaa@quinzaine.example
UID:{UID}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;X-NUM-GUESTS=0;X-RESPONSE-
 COMMENT="Désolé, je suis malade":mailto:camille@eleve.example
CREATED:20270510T083000Z
DESCRIPTION:
LAST-MODIFIED:20270510T083059Z
LOCATION:Pont-Audemer
SEQUENCE:7
STATUS:CONFIRMED
SUMMARY:Semaine à Pont-Audemer
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = f"""BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN=Camille Dupré:MAILTO:Camille@Eleve.example
COMMENT;LANGUAGE=fr-FR:\\n
UID:{UID}
SUMMARY;LANGUAGE=fr-FR:Acceptée : Semaine à Pont-Audemer
DTSTART;TZID=Romance Standard Time:20270615T090000
DTEND;TZID=Romance Standard Time:20270615T160000
RECURRENCE-ID;TZID=Romance Standard Time:20270615T090000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20270510T083212Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:7
LOCATION;LANGUAGE=fr-FR:Pont-Audemer
X-MICROSOFT-CDO-APPT-SEQUENCE:7
X-MICROSOFT-CDO-OWNERAPPTID:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
X-MICROSOFT-CDO-IMPORTANCE:1
X-MICROSOFT-CDO-INSTTYPE:3
END:VEVENT
END:VCALENDAR
"""
APPLE = f"""BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 15.0//EN
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;CN="Camille";CUTYPE=INDIVIDUAL;EMAIL="camille@eleve.example";PARTSTAT=TENTATIVE:/aMTIz/principal/
DTEND;TZID=Europe/Paris:20270616T160000
DTSTAMP:20270510T083344Z
DTSTART;TZID=Europe/Paris:20270616T090000
ORGANIZER;CN="Fédération":mailto:aaaa@quinzaine.example
RECURRENCE-ID;TZID=Europe/Paris:20270616T090000
SEQUENCE:7
SUMMARY:Semaine
UID:{UID}
END:VEVENT
BEGIN:VEVENT
ATTENDEE;CN="Camille";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED:mailto:camille@eleve.example
DTSTAMP:20270510T083344Z
DTSTART;TZID=Europe/Paris:20270614T090000
ORGANIZER;CN="Fédération":mailto:aaaa@quinzaine.example
SEQUENCE:7
UID:{UID}
END:VEVENT
END:VCALENDAR
"""


def wire(text: str) -> str:
    return text.replace("\n", "\r\n")


def stamp(minute: int, second: int) -> datetime:
    return datetime(2027, 5, 10, 8, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        (GMAIL, [("camille@eleve.example", "declined", None, stamp(31, 0))]),
        (OUTLOOK, [("camille@eleve.example", "accepted", date(2027, 6, 15), stamp(32, 12))]),
        (
            APPLE,
            [
                ("camille@eleve.example", "accepted", None, stamp(33, 44)),
                ("camille@eleve.example", "tentative", date(2027, 6, 16), stamp(33, 44)),
            ],
        ),
    ],
    ids=["gmail", "outlook", "apple"],
)
def test_each_calendar_is_understood(text, replies):
    assert read_reply(wire(text)) == CalendarReply(
        method="REPLY",
        uid=UID,
        replies=tuple(
            Reply(attendee=who, answer=answer, day=day, sequence=7, stamp=when) for who, answer, day, when in replies
        ),
    )
    # some servers end lines as they like
    assert read_reply(text) == read_reply(wire(text))


@pytest.mark.parametrize(
    ("instance", "day"),
    [
        ("RECURRENCE-ID:20270615T070000Z", date(2027, 6, 15)),
        ("RECURRENCE-ID;VALUE=DATE:20270615", date(2027, 6, 15)),
        ("RECURRENCE-ID;TZID=Nulle/Part:20270615T090000", date(2027, 6, 15)),
        ("RECURRENCE-ID:20270615T090000", date(2027, 6, 15)),
        # late in the evening, it is another day in London than in Paris
        ("RECURRENCE-ID:20270614T223000Z", date(2027, 6, 15)),
    ],
)
def test_a_day_is_that_of_paris_however_it_is_written(instance, day):
    text = wire(OUTLOOK).replace("RECURRENCE-ID;TZID=Romance Standard Time:20270615T090000", instance)
    reply = read_reply(text)
    assert reply is not None
    assert reply.replies[0].day == day
    assert not reply.replies[0].ranged


def test_what_is_said_of_all_days_from_one_on_is_marked():
    ranged = wire(APPLE).replace("RECURRENCE-ID;TZID", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID")
    assert [each.ranged for each in read_reply(ranged).replies] == [False, True]


def test_an_invitation_that_was_quoted_answers_nothing():
    for method in ("REQUEST", "CANCEL", "PUBLISH", "ADD"):
        assert read_reply(wire(GMAIL).replace("METHOD:REPLY", f"METHOD:{method}")) is None
    assert read_reply(wire(GMAIL).replace("METHOD:REPLY\r\n", "")) is None


def test_a_stamp_of_tomorrow_does_not_have_the_last_word_for_ever():
    reply = read_reply(wire(GMAIL).replace("DTSTAMP:2027", "DTSTAMP:2099")).replies[0]
    assert reply.given_at(stamp(40, 0)) == stamp(45, 0)
    without = read_reply(wire(GMAIL).replace("DTSTAMP:20270510T083100Z\r\n", "")).replies[0]
    assert without.given_at(stamp(40, 0)) == stamp(40, 0)


BOMBS = {
    "ten thousand days": wire(GMAIL).replace(
        "END:VEVENT",
        "END:VEVENT\r\n"
        + "".join(
            f"BEGIN:VEVENT\r\nUID:{UID}\r\nRECURRENCE-ID:20270615T{number // 3600 % 24:02}{number // 60 % 60:02}"
            f"{number % 60:02}Z\r\nEND:VEVENT\r\n"
            for number in range(10_000)
        ),
    ),
    "a rule of every second": wire(GMAIL).replace("RRULE:FREQ=DAILY;COUNT=5", "RRULE:FREQ=SECONDLY"),
    "a rule of a million": wire(GMAIL).replace("RRULE:FREQ=DAILY;COUNT=5", "RRULE:FREQ=DAILY;COUNT=1000000"),
    "a folded rule of every second": wire(GMAIL).replace("RRULE:FREQ=DAILY;COUNT=5", "RRULE:FREQ=SEC\r\n ONDLY"),
    "dates without end": wire(GMAIL).replace("SEQUENCE:7", "EXDATE:20270614T070000Z\r\n" * 100 + "SEQUENCE:7"),
    "a hundred components": wire(GMAIL).replace(
        "END:VEVENT", "END:VEVENT\r\n" + f"BEGIN:VEVENT\r\nUID:{UID}\r\nEND:VEVENT\r\n" * 100
    ),
    "nested without end": wire(GMAIL).replace("BEGIN:VEVENT", "BEGIN:VEVENT\r\n" * 1_500),
    "two entries": wire(APPLE).replace(f"UID:{UID}", "UID:autre@quinzaine.example", 1),
    "no entry": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n",
    "no UID": wire(GMAIL).replace(f"UID:{UID}\r\n", ""),
    "a sequence that is no number": wire(GMAIL).replace("SEQUENCE:7", "SEQUENCE:sept"),
    "a stamp that is no time": wire(GMAIL).replace("DTSTAMP:20270510T083100Z", "DTSTAMP:hier"),
    "a year that is none": wire(OUTLOOK).replace("DTSTAMP:20270510T083212Z", "DTSTAMP:99990510T083212Z;X"),
    "noise": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n\x01\x02:::;;;\r\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_no_calendar_writes_is_refused_and_nothing_is_unfolded(name):
    with pytest.raises(Unreadable):
        read_reply(BOMBS[name])
