"""Odd addresses and charsets: the same person is known however a program writes the address, and no codec is a trap."""

import time
from email.message import EmailMessage

import pytest

from services.notifications.inbound.bounce import judge_bounce
from services.notifications.inbound.calendar_reply import read_reply
from services.notifications.inbound.incoming import read_mail
from services.notifications.inbound.same_address import same_address
from tests.services.notifications.inbound.replies import Invited, calendar, component, reply

pytestmark = pytest.mark.anyio
DONE = "250 2.0.0 "
ONE = "camille@xn--colire-6uad.example"


@pytest.mark.parametrize(
    "written",
    [
        "camille@xn--colire-6uad.example",
        "CAMILLE@écolière.example",
        "<camille@ÉCOLIÈRE.example>",
        '"camille"@écolière.example',
        '"ca\\mille"@écolière.example',
        "%22camille%22@xn--colire-6uad.example",
        "camille%40écolière.example",
    ],
)
def test_one_address_has_one_spelling(written):
    assert same_address(written) == ONE


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ('"camille dupré"@eleve.example', '"camille dupré"@eleve.example'),
        ('"a@b"@eleve.example', '"a@b"@eleve.example'),
        ("camille", ""),
        ("", ""),
        ("@", "@"),
        ("a@" + "x" * 100 + ".example", "a@" + "x" * 100 + ".example"),
        ("a@b..example", "a@b..example"),
        ("a" * 5_000 + "@b.example", ""),
    ],
)
def test_what_is_no_address_is_nobody_s_and_what_needs_quotation_marks_keeps_them(written, same):
    assert same_address(written) == same
    assert same_address(same) == same


def test_a_calendar_and_a_bounce_are_of_the_same_person_in_either_spelling():
    invited = Invited(uid="a@b.example", sequence=1, organizer="c@d.example", attendee="camille@écolière.example")
    for attendee in ("camille@écolière.example", ONE, "%22camille%22@écolière.example"):
        (answer,) = read_reply(calendar(component(invited, "DECLINED", attendee=attendee))).replies
        assert answer.attendee == ONE
    for field in ("rfc822; " + ONE, "utf-8; camille@écolière.example", 'rfc822; "camille"@écolière.example'):
        failed = {"action": "failed", "status": "5.1.1", "final-recipient": field}
        assert judge_bounce([failed], "Camille@écolière.example")[0] == "shut"


@pytest.mark.parametrize(
    ("typed", "address", "answered"),
    [
        ("camille@écolière.example", ONE, "camille@écolière.example"),
        ("prenom.nom+stage@eleve.example", "prenom.nom+stage@eleve.example", "%22prenom.nom%2Bstage%22@eleve.example"),
    ],
)
async def test_who_has_an_odd_address_is_invited_and_heard(way_back, typed, address, answered):
    await way_back.register(0, pupil={"first_name": "Camille", "last_name": "Dupré", "email": typed})
    way_back.address = lambda _: address
    invited = await way_back.invitation(0)
    mail = reply(invited, "DECLINED", sender="agenda@serveur.example", attendee=answered)
    assert await way_back.send(invited.organizer, mail) == DONE + "leaving"


def mail_in(charset: str, content: bytes) -> bytes:
    return (
        b"From: a@b.example\r\nContent-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + content + b"\r\n"
    )


@pytest.mark.parametrize(
    "charset",
    [
        "punycode",
        "idna",
        "unicode_escape",
        "rot13",
        "base64",
        "undefined",
        "klingon",
        '"',
        "utf-8;utf-8",
        "x" * 200,
        "=?",
    ],
)
def test_a_charset_that_is_none_is_read_as_bytes_are_and_takes_no_time(charset):
    started = time.process_time()
    mail = read_mail(mail_in(charset, b"bonjour \\u0041 " + b"kva9" * 100_000))
    assert mail.words.startswith("bonjour \\u0041 kva9")
    assert time.process_time() - started < 5


def test_bytes_that_are_no_text_in_their_charset_are_told_as_question_marks():
    assert read_mail(mail_in("utf-8", b"caf\xe9")).words == "caf?"
    assert read_mail(mail_in("iso-8859-1", b"caf\xe9")).words == "café"
    mail = EmailMessage()
    mail["From"] = "a@b.example"
    mail.set_content("déjà vu", charset="iso-8859-15", cte="base64")
    assert read_mail(mail.as_bytes()).words == "déjà vu"
