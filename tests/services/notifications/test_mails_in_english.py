"""Every mail in English, kept as golden files beside the French ones: read them when they change.

`QUINZAINE_WRITE_GOLDEN=1` writes them anew.
"""

import os
import re
from pathlib import Path

import msgspec
import pytest

from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from services.notifications.samples.letters import SAMPLES, a_letter, programme_of
from services.notifications.samples.notices import NOTICES, a_notice
from shared.languages import speaking
from shared.settings import read_settings
from tests.services.notifications.sink import parse
from tests.services.notifications.test_render import NEVER_WRITTEN

GOLDEN = Path(__file__).parent / "golden" / "en"
SETTINGS = read_settings(
    {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests", "QUINZAINE_BASE_URL": "http://quinzaine.example"}
)


def in_english(claimed):
    letter = claimed.letter
    recipient = msgspec.structs.replace(letter.recipient, language="en")
    return msgspec.structs.replace(claimed, letter=msgspec.structs.replace(letter, recipient=recipient))


def letters():
    for message in SAMPLES:
        for to in ("pupil", "besides"):
            if (message, to) not in NEVER_WRITTEN:
                claimed = in_english(a_letter(message, to=to))
                yield (
                    f"{message}.{to}",
                    lambda claimed=claimed, message=message: Printer(SETTINGS).render(claimed, programme_of(message)),
                )


def notices():
    for name in NOTICES:
        yield f"notice.{name}", lambda name=name: NoticePrinter(SETTINGS).render(in_english(a_notice(name)))


CASES = dict([*letters(), *notices()])


@pytest.mark.parametrize("name", CASES)
def test_the_text_says_what_it_said_when_it_was_read_by_eye(name):
    mail = parse(CASES[name]().mail)
    text = f"{mail['Subject']}\n\n{mail.get_body(('plain',)).get_content()}".replace("\r\n", "\n")
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("QUINZAINE_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("name", CASES)
def test_a_mail_in_english_says_that_it_is_and_leads_to_english_pages(name):
    mail = parse(CASES[name]().mail)
    html = mail.get_body(("html",)).get_content()
    assert 'lang="en"' in html
    leads = re.findall(r"http://quinzaine\.example/(?!calendars/)(\S*?)[\s\"<]", html)
    assert all(address.startswith("en") for address in leads), leads


def test_a_mail_is_said_in_the_language_of_its_reader_whoever_is_answered_meanwhile():
    with speaking("en"):
        mail = parse(Printer(SETTINGS).render(a_letter("seat_offered"), programme_of("seat_offered")).mail)
    assert 'lang="fr"' in mail.get_body(("html",)).get_content()
