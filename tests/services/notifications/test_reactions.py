"""The page is complete: every event has a line, every line a folder of words."""

from pathlib import Path
from typing import get_args

import services.notifications.reactions
from services.notifications.message import COALESCED, ENDS, SECRET, Message, NoticeMessage
from services.notifications.reactions import REACTIONS, NoticeReaction
from services.notifications.reminders import REMINDING
from shared.events import AnyEvent
from shared.notices import AnyNotice

MESSAGES = Path(services.notifications.reactions.__file__).parent / "messages"


def test_every_event_of_the_contract_has_a_line():
    assert set(REACTIONS) == set(get_args(AnyEvent))


def test_every_message_has_a_subject_a_text_and_a_page():
    for message in (*get_args(Message), *get_args(NoticeMessage)):
        assert {path.name for path in (MESSAGES / message).iterdir()} >= {"subject.txt", "body.txt", "body.mjml"}


def test_every_message_is_caused_by_something():
    lines = REACTIONS.values()
    caused = {line.message for reactions in lines if isinstance(reactions, tuple) for line in reactions}
    assert caused | REMINDING == set(get_args(Message))
    assert not caused & REMINDING
    assert {line.message for line in lines if isinstance(line, NoticeReaction)} == set(get_args(NoticeMessage))


def test_notices_and_only_notices_have_the_line_of_a_notice():
    assert {kind for kind, line in REACTIONS.items() if isinstance(line, NoticeReaction)} == set(get_args(AnyNotice))


def test_what_somebody_waits_for_before_a_screen_goes_first():
    notices = [line for line in REACTIONS.values() if isinstance(line, NoticeReaction)]
    assert {line.priority for line in notices if line.message in SECRET} == {0}
    assert all(line.priority > 0 for line in notices if line.message not in SECRET | {"absence_announced"})


def test_a_message_that_ends_a_registration_never_waits_for_others():
    assert not COALESCED & ENDS


def test_a_guardian_is_told_of_everything_but_what_is_the_pupils_own():
    told = {
        line.message: line.to
        for lines in REACTIONS.values()
        if isinstance(lines, tuple)
        for line in lines
        if line.to != "reader_and_guardian"
    }
    assert told == {
        # nobody has shown yet that the address is theirs
        "address_asked": "reader",
        # asked for by who has it: nothing has happened
        "personal_link": "reader",
        # what answers a calendar goes to the person whose calendar it is
        "answer_outdated": "reader",
        "invitation_again": "reader",
        "counter_declined": "reader",
        # of the same fact each hears their own part
        "consent_awaited": "pupil",
        "consent_asked": "guardian",
        "consent_reminded": "guardian",
    }
