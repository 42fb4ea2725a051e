"""The MIME tree of an invitation, and headers that nobody can write into."""

import pytest

from services.notifications.compose_mail import Sheet, UnsafeHeader, compose_mail
from services.notifications.samples.letters import NOW
from tests.services.notifications.sink import calendars_of, parse

SHEET = {
    "message_id": "<0192-ab@quinzaine.example>",
    "date": NOW,
    "sender": ("Fédération des métiers", "repondre@quinzaine.example"),
    "recipient": ("Camille Dupré", "camille@eleve.example"),
    "subject": "Votre place est confirmée : Semaine à Pont-Audemer",
    "text": "Été.\n.\n=\n",
    "html": "<p>Été</p>",
}
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX:É\r\nEND:VCALENDAR\r\n".encode()


def a_mail(**changes):
    return compose_mail(Sheet(**{**SHEET, **changes}))


def test_an_invitation_is_text_page_and_calendar_with_the_same_bytes_attached():
    mail = parse(a_mail(calendar=CALENDAR, method="REQUEST"))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    inline, attached = calendars_of(mail)
    assert inline["Content-Type"].params == {"charset": "UTF-8", "method": "REQUEST"}
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "quinzaine.ics"


def test_a_plain_file_is_attached_only():
    mail = parse(a_mail(calendar=CALENDAR, method="PUBLISH"))
    assert [part.get_content_type() for part in calendars_of(mail)] == ["application/ics"]


def test_without_calendar_there_is_text_and_page():
    mail = parse(a_mail())
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == SHEET["text"]


def test_headers_are_read_back_as_they_were_meant():
    mail = parse(a_mail(calendar=CALENDAR, method="REQUEST"))
    assert mail["From"] == "Fédération des métiers <repondre@quinzaine.example>"
    assert mail["To"] == "Camille Dupré <camille@eleve.example>"
    assert mail["Subject"] == SHEET["subject"]
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == SHEET["message_id"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.defects == []


def test_lines_end_in_crlf_and_are_short():
    long_name = "Fédération régionale de l’énergie, des métiers et de la mer « Seine & Risle »"
    mail = a_mail(calendar=CALENDAR * 50, method="REQUEST", sender=(long_name, SHEET["sender"][1]), text="é" * 2000)
    assert mail.count(b"\n") == mail.count(b"\r\n")
    assert max(map(len, mail.split(b"\r\n"))) <= 100
    assert mail.isascii()


@pytest.mark.parametrize("evil", ["Camille\r\nBcc: autre@mal.example", "Camille\nX: y", "Camille\x00\u2028Bcc: x"])
def test_a_line_break_in_a_name_or_title_begins_no_header(evil):
    mail = parse(a_mail(recipient=(evil, "camille@eleve.example"), subject=evil, sender=(evil, "a@quinzaine.example")))
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert mail["To"].addresses[0].addr_spec == "camille@eleve.example"
    assert mail["Subject"].startswith("Camille")


@pytest.mark.parametrize("field", ["message_id", "address"])
def test_a_line_break_in_an_address_or_id_is_no_mail(field):
    changes = {
        "message_id": {"message_id": "<a@b>\r\nBcc: x@mal.example"},
        "address": {"recipient": ("Camille", "a@b.example\r\nBcc: x@mal.example")},
    }
    with pytest.raises(UnsafeHeader):
        a_mail(**changes[field])


def test_quotes_and_commas_in_a_name_stay_in_the_name():
    mail = parse(a_mail(recipient=('Camille "Cam", Dupre; <x@mal.example>', "camille@eleve.example")))
    assert [address.addr_spec for address in mail["To"].addresses] == ["camille@eleve.example"]


def test_the_same_sheet_is_the_same_bytes():
    assert a_mail(calendar=CALENDAR, method="CANCEL") == a_mail(calendar=CALENDAR, method="CANCEL")
