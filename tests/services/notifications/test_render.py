"""Every message as a person reads it, kept as golden files: read them when they change.

`QUINZAINE_WRITE_GOLDEN=1` writes them anew.
"""

import os
import re
from pathlib import Path

import pytest

from services.notifications.render import Printer
from services.notifications.samples.letters import PUPIL, SAMPLES, a_letter, programme_of
from shared.people import Person
from shared.settings import Settings, read_settings
from shared.signed_links import Signer
from tests.services.notifications.sink import calendars_of, glued_sentences, parse

GOLDEN = Path(__file__).parent / "golden"
SETTINGS: Settings = read_settings(
    {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests", "QUINZAINE_BASE_URL": "http://quinzaine.example"}
)
# who is told alone, or not at all
NEVER_WRITTEN = {
    ("personal_link", "besides"),
    ("address_asked", "besides"),
    ("consent_asked", "pupil"),
    ("consent_awaited", "besides"),
    ("consent_awaited", "instead"),
    ("consent_reminded", "pupil"),
    ("answer_outdated", "besides"),
    ("invitation_again", "besides"),
    ("counter_declined", "besides"),
}
CASES = [
    (message, to) for message in SAMPLES for to in ("pupil", "besides", "instead") if (message, to) not in NEVER_WRITTEN
]


def rendered(message, to="pupil", **people):
    return parse(Printer(SETTINGS).render(a_letter(message, to=to, **people), programme_of(message)).mail)


def invitation_in(mail):
    (text,) = {part.get_payload(decode=True).decode() for part in calendars_of(mail)}
    return text.replace("\r\n ", "")


@pytest.mark.parametrize(("message", "to"), CASES)
def test_the_text_says_what_it_said_when_it_was_read_by_eye(message, to):
    mail = rendered(message, to)
    text = f"{mail['Subject']}\n\n{mail.get_body(('plain',)).get_content()}".replace("\r\n", "\n")
    file = GOLDEN / f"{message}.{to}.txt"
    if os.environ.get("QUINZAINE_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize(("message", "to"), CASES)
def test_the_page_needs_nothing_from_elsewhere_and_leaves_nothing_unfilled(message, to):
    page = rendered(message, to).get_body(("html",)).get_content()
    for forbidden in ("<img", "<script", "<link", "url(", "@import", "{{", "{%", "[[", "[%", "None"):
        assert forbidden not in page
    assert 'lang="fr"' in page
    assert page.count("http://quinzaine.example/") >= 1
    assert glued_sentences(page) == []


def test_words_of_people_stay_words_in_the_page():
    evil = Person(id=PUPIL.id, first_name="<script>", last_name='x</td>"&', email="a@eleve.example")
    page = rendered("registered_confirmed", "besides", pupil=evil).get_body(("html",)).get_content()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_pupil_is_invited_to_what_was_asked_for():
    calendar = invitation_in(rendered("registered_confirmed"))
    assert "METHOD:REQUEST" in calendar
    assert "PARTSTAT=ACCEPTED" in calendar
    assert "mailto:camille.dupre@eleve.example" in calendar
    assert "mailto:repondre@quinzaine.example" in calendar


def test_a_held_seat_is_tentative_and_needs_an_answer():
    calendar = invitation_in(rendered("seat_offered"))
    assert "STATUS:TENTATIVE" in calendar
    assert "PARTSTAT=NEEDS-ACTION" in calendar


@pytest.mark.parametrize("message", ["withdrawn", "seat_refused", "seat_expired", "offer_cancelled"])
def test_the_end_of_a_seat_cancels_its_entry(message):
    mail = rendered(message)
    assert [part["Content-Type"].params.get("method") for part in calendars_of(mail)] == ["CANCEL", None]
    assert "METHOD:CANCEL" in invitation_in(mail)
    assert calendars_of(rendered(message, "besides")) == []


def test_a_guardian_besides_gets_a_plain_file_and_a_link_that_reads_but_does_not_answer():
    mail = rendered("registered_confirmed", "besides")
    calendar = invitation_in(mail)
    assert [part.get_content_type() for part in calendars_of(mail)] == ["application/ics"]
    assert "METHOD:PUBLISH" in calendar
    assert "ATTENDEE" not in calendar
    text = mail.get_body(("plain",)).get_content()
    assert "/calendars/semaine-pont-audemer.ics" in text
    # the file may be passed on: no secret is in it
    assert "/inscriptions/" not in calendar
    tokens = set(re.findall(r"/inscriptions/([\w-]+)", text + mail.get_body(("html",)).get_content()))
    signer = Signer(SETTINGS.secret_keys)
    assert len(tokens) == 1
    assert all(signer.verify("guardian", token) and not signer.verify("registration", token) for token in tokens)


def test_a_guardian_instead_of_the_pupil_is_the_one_invited():
    mail = rendered("registered_confirmed", "instead")
    calendar = invitation_in(mail)
    assert "METHOD:REQUEST" in calendar
    assert "mailto:dominique.dupre@famille.example" in calendar
    assert "/inscriptions/" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("message", ["registered_waiting", "personal_link"])
def test_who_waits_or_asks_for_the_link_gets_no_calendar(message):
    assert calendars_of(rendered(message)) == []


def test_rendering_again_gives_the_same_bytes():
    claimed, programme = a_letter("changed"), programme_of("changed")
    assert Printer(SETTINGS).render(claimed, programme) == Printer(SETTINGS).render(claimed, programme)
