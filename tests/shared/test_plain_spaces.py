"""Spaces as a word processor writes them: nobody is refused for them, and no two words become one."""

import pytest

from services.campaigns.agreements.partners.agreement import parse_word as word_of_partner
from services.campaigns.announcing.announcement import read_choice
from services.campaigns.messages.wording.sentences import read_sentences
from services.campaigns.offers.hosts.host_request import parse_word as word_of_host
from services.campaigns.offers.questions.question import _readable
from services.campaigns.offers.registration_form import parse_line
from services.campaigns.offers.session import checked_text
from services.notifications.inbound.incoming import _without_quotes
from shared.plain_spaces import plain_spaces

NO_BREAK, NARROW = "\u00a0", "\u202f"
WRITTEN = f"Rendez-vous à 14{NO_BREAK}h{NARROW}: bienvenue{NARROW}!\nÀ lundi."
MEANT = "Rendez-vous à 14 h : bienvenue !\nÀ lundi."


@pytest.mark.parametrize(
    "read",
    [
        plain_spaces,
        word_of_partner,
        word_of_host,
        _readable,
        _without_quotes,
        lambda text: read_choice({"word": text}, ["head"])[0].word,
        lambda text: read_sentences("registered_confirmed", {"fr-opening": text})["fr"]["opening"],
        lambda text: checked_text("expected", text),
    ],
)
def test_lines_of_text_keep_a_space_where_one_was(read):
    assert read(WRITTEN) == MEANT


def test_a_name_that_was_pasted_is_the_name():
    assert parse_line(f"Anne{NO_BREAK}Lise Dupré", "first_name", "Le prénom", 80) == "Anne Lise Dupré"


def test_what_is_no_space_stays_what_it_was():
    assert plain_spaces("a\tb\u200bc\u202ed\r\n") == "a\tb\u200bc\u202ed\r\n"
