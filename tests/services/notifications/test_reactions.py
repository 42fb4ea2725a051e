"""The page is complete: every event has a line, every line a folder of words."""

from pathlib import Path
from typing import get_args

import services.notifications.reactions
from services.notifications.reactions import COALESCED, ENDS, REACTIONS, Message
from shared.events import AnyEvent

MESSAGES = Path(services.notifications.reactions.__file__).parent / "messages"


def test_every_event_of_the_contract_has_a_line():
    assert set(REACTIONS) == set(get_args(AnyEvent))


def test_every_message_has_a_subject_a_text_and_a_page():
    for message in get_args(Message):
        assert {path.name for path in (MESSAGES / message).iterdir()} >= {"subject.txt", "body.txt", "body.mjml"}


def test_every_message_is_caused_by_something():
    caused = {reaction.message for reactions in REACTIONS.values() for reaction in reactions}
    assert caused == set(get_args(Message))


def test_a_message_that_ends_a_registration_never_waits_for_others():
    assert not COALESCED & ENDS
