"""Every notice as a person reads it, kept as golden files: read them when they change.

`QUINZAINE_WRITE_GOLDEN=1` writes them anew.
"""

import os
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from services.notifications.because import BECAUSE
from services.notifications.message import NoticeMessage
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.render_notice import NoticePrinter
from services.notifications.samples.notices import NOTICES, a_notice
from shared.settings import read_settings
from shared.signed_links import Signer
from tests.services.notifications.sink import glued_sentences, parse

GOLDEN = Path(__file__).parent / "golden"
PRINTER = NoticePrinter(
    read_settings(
        {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests", "QUINZAINE_BASE_URL": "http://quinzaine.example"}
    )
)


def rendered(claimed: ClaimedNotice):
    return parse(PRINTER.render(claimed).mail)


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def changed(name, **fields) -> ClaimedNotice:
    claimed = a_notice(name)
    return msgspec.structs.replace(claimed, event=msgspec.structs.replace(claimed.event, **fields))


def test_every_message_has_a_sample():
    assert {name.partition(".")[0] for name in NOTICES} == set(get_args(NoticeMessage))


@pytest.mark.parametrize("name", NOTICES)
def test_the_text_says_what_it_said_when_it_was_read_by_eye(name):
    mail = rendered(a_notice(name))
    text = f"{mail['Subject']}\n\n{text_of(mail)}"
    file = GOLDEN / f"notice.{name}.txt"
    if os.environ.get("QUINZAINE_WRITE_GOLDEN"):
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("name", NOTICES)
def test_the_page_needs_nothing_from_elsewhere_and_leaves_nothing_unfilled(name):
    page = rendered(a_notice(name)).get_body(("html",)).get_content()
    for forbidden in ("<img", "<script", "<link", "url(", "@import", "{{", "{%", "[[", "[%", "None"):
        assert forbidden not in page
    assert 'lang="fr"' in page
    assert glued_sentences(page) == []


@pytest.mark.parametrize("name", ["host_requested", "host_time_accepted"])
def test_a_host_meets_the_button_before_the_way_to_all_that_they_host(name):
    page = rendered(a_notice(name)).get_body(("html",)).get_content()
    button = {"host_requested": "Répondre à la demande", "host_time_accepted": "Voir l’accueil"}[name]
    assert 0 < page.index(f">{button}") < page.index("Voir tous vos accueils")


def test_every_notice_says_why_its_reader_gets_it():
    # who chose a summary is told where to choose again
    assert set(get_args(NoticeMessage)) - set(BECAUSE) == {"planner_digest", "teacher_digest"}


def test_a_time_a_guillemet_and_a_sign_never_begin_or_end_a_line():
    page = rendered(a_notice("host_released.offer_cancelled")).get_body(("html",)).get_content()
    assert "9\N{NO-BREAK SPACE}h–12\N{NO-BREAK SPACE}h" in page
    assert "«\N{NO-BREAK SPACE}Semaine à Pont-Audemer\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}:" in page
    # the styles are left alone
    assert "font-size:26px;font-weight:650;line-height:31px" in page


def test_a_long_name_without_spaces_may_be_broken_on_a_phone():
    page = rendered(changed("host_requested", host="M" * 300)).get_body(("html",)).get_content()
    assert "overflow-wrap:anywhere" in page


@pytest.mark.parametrize("name", ["host_answered.declined", "speaker_answered.declined"])
def test_planners_are_led_from_an_answer_to_the_page_where_it_is_dealt_with(name):
    assert "http://quinzaine.example/planification/pont-audemer/accueils" in text_of(
        rendered(changed(name, offer_slug="pont-audemer"))
    )
    # facts told before the address was in them
    assert "/accueils" not in text_of(rendered(a_notice(name)))


def test_a_renewed_space_is_what_the_next_mail_leads_to():
    signer = Signer(("un-secret-pour-les-tests",))
    for version in (1, 2):
        space = signer.token("host_space", a_notice("host_requested").event.recipients[0], version)
        assert f"/accueil/{space}/tout" in text_of(rendered(changed("host_requested", space_version=version)))
