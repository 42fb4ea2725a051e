"""Who is told what: person by fact, the messages, or why there is none. A cell that nobody has thought of is an error.

The table says what the page (reactions.py) and the verbs that name recipients come to, seen from a person.
"""

import re
from itertools import product
from pathlib import Path
from typing import get_args

import services.notifications.samples
import shared.needs
from services.notifications.because import BECAUSE
from services.notifications.message import Message, NoticeMessage
from services.notifications.reactions import REACTIONS
from services.notifications.reminders import REMINDING

PERSONS = ("pupil", "guardian", "teacher", "head", "host", "speaker", "planner", "partner")
FACTS = (
    "registered", "waiting", "seat offered", "seat about to expire", "confirmed", "withdrawn", "refused", "expired",
    "changed", "day cancelled", "offer cancelled", "a week ahead", "the day before", "host requested", "host reminded",
    "host answered", "host released", "speaker requested", "speaker reminded", "speaker answered", "speaker released",
    "agreement requested", "agreement reminded", "agreement given", "agreement declined", "campaign changed",
    "campaign cancelled", "campaign published", "consent requested", "consent given", "consent refused",
    "class enrolled", "absence announced", "absence foreseen", "follow-up", "account link", "a question",
    "an answer by mail", "before June",
)  # fmt: skip

# why there is no mail
WEEKLY = "in the teacher's summary (teacher_digest), as often as they chose, and on the page of their pupils at once"
MORNING = "in the morning summary (planner_digest), and on the page at once"
FIGURES = "on the page of the offer: seats move by themselves, nothing is to be done"
NOT_THEIRS = "not about anything they have, gave or asked for"
WHO_COMES = "a number three (two) days before (promise_near); names go to who shares them, and a list changes too often"
OWN_ACT = "they did it themselves and see it on the page"
JOINTLY = "on the page of the campaign: each partner plans its own offers"
READS = "a head sees the whole school on the page, and may choose the teacher's summary of it (teacher_digest)"
NO_SEAT = "has no seat in it (any more)"


def cells(**of: str) -> dict[str, str]:
    assert tuple(of) == PERSONS, set(PERSONS) ^ set(of)
    return of


def nobody_but(why: str, **of: str) -> dict[str, str]:
    """A fact between a few; for all others the same reason holds."""
    return {person: of.get(person, why) for person in PERSONS}


TABLE = {
    "registered": cells(
        pupil="registered_confirmed address_asked", guardian="registered_confirmed", teacher=WEEKLY, head=READS,
        host=WHO_COMES, speaker=WHO_COMES, planner=MORNING, partner=JOINTLY,
    ),
    "waiting": cells(
        pupil="registered_waiting", guardian="registered_waiting", teacher=WEEKLY, head=READS, host=NOT_THEIRS,
        speaker=NOT_THEIRS, planner=MORNING, partner=JOINTLY,
    ),
    "seat offered": cells(
        pupil="seat_offered", guardian="seat_offered", teacher=WEEKLY, head=READS, host=NOT_THEIRS,
        speaker=NOT_THEIRS, planner=MORNING, partner=JOINTLY,
    ),
    "seat about to expire": cells(
        pupil="seat_reminded", guardian="seat_reminded", teacher=WEEKLY, head=READS, host=NOT_THEIRS,
        speaker=NOT_THEIRS, planner=MORNING, partner=JOINTLY,
    ),
    "confirmed": cells(
        pupil="seat_confirmed", guardian="seat_confirmed", teacher=WEEKLY, head=READS, host=WHO_COMES,
        speaker=WHO_COMES, planner=FIGURES, partner=JOINTLY,
    ),
    "withdrawn": cells(
        pupil="withdrawn seat_declined seat_kept", guardian="withdrawn seat_declined seat_kept", teacher=WEEKLY,
        head=READS, host=WHO_COMES, speaker=WHO_COMES, planner=FIGURES, partner=JOINTLY,
    ),
    "refused": cells(
        pupil="seat_refused", guardian="seat_refused", teacher=WEEKLY, head=READS, host=NOT_THEIRS,
        speaker=NOT_THEIRS, planner=FIGURES, partner=JOINTLY,
    ),
    "expired": cells(
        pupil="seat_expired consent_expired", guardian="seat_expired consent_expired", teacher=WEEKLY, head=READS,
        host=NOT_THEIRS, speaker=NOT_THEIRS, planner=FIGURES, partner=JOINTLY,
    ),
    "changed": cells(
        pupil="changed", guardian="changed",
        teacher="calendar of visits and page of their pupils follow at once; the pupil and the guardian are told",
        head=READS, host="promise_changed host_requested", speaker="promise_changed speaker_requested",
        planner=OWN_ACT, partner=JOINTLY,
    ),
    "day cancelled": cells(
        pupil="session_cancelled", guardian="session_cancelled", teacher=WEEKLY, head=READS, host="host_released",
        speaker="speaker_released", planner=OWN_ACT, partner=JOINTLY,
    ),
    "offer cancelled": cells(
        pupil="offer_cancelled", guardian="offer_cancelled", teacher=WEEKLY, head=READS, host="host_released",
        speaker="speaker_released", planner=OWN_ACT, partner=JOINTLY,
    ),
    "a week ahead": cells(
        pupil="reminder_week", guardian="reminder_week", teacher=WEEKLY, head=READS,
        host="promise_near", speaker="promise_near", planner=MORNING, partner=JOINTLY,
    ),
    "the day before": cells(
        pupil="reminder_eve", guardian="reminder_eve", teacher=WEEKLY, head=READS,
        host="three days before (promise_near), so that there is time to say no",
        speaker="two days before (promise_near), so that there is time to say no", planner=MORNING, partner=JOINTLY,
    ),
    "host requested": nobody_but(NOT_THEIRS, host="host_requested", planner=OWN_ACT),
    "host reminded": nobody_but(NOT_THEIRS, host="host_reminded", planner=MORNING),
    "host answered": nobody_but(
        NOT_THEIRS, host="promise_given promise_taken_back host_time_accepted promise_noted", planner="host_answered"
    ),
    "host released": nobody_but(NOT_THEIRS, host="host_released", planner=OWN_ACT),
    "speaker requested": nobody_but(NOT_THEIRS, speaker="speaker_requested", planner=OWN_ACT),
    "speaker reminded": nobody_but(NOT_THEIRS, speaker="speaker_reminded", planner=MORNING),
    "speaker answered": nobody_but(
        NOT_THEIRS, speaker="promise_given promise_taken_back promise_noted", planner="speaker_answered"
    ),
    "speaker released": nobody_but(NOT_THEIRS, speaker="speaker_released", planner=OWN_ACT),
    "agreement requested": nobody_but(NOT_THEIRS, planner=OWN_ACT, partner="agreement_requested"),
    "agreement reminded": nobody_but(NOT_THEIRS, planner=MORNING, partner="agreement_reminded"),
    "agreement given": nobody_but(NOT_THEIRS, planner="agreement_given", partner=OWN_ACT),
    "agreement declined": nobody_but(
        NOT_THEIRS, planner="agreement_declined partner_left", partner="partner_left"
    ),
    "campaign changed": nobody_but(NOT_THEIRS, planner=OWN_ACT, partner="agreement_requested"),
    "campaign cancelled": nobody_but(
        "of each offer in it (offer_cancelled, host_released, speaker_released)",
        teacher=WEEKLY, head=READS, planner=OWN_ACT, partner="campaign_cancelled",
    ),
    "campaign published": cells(
        pupil="nobody is known yet who could be told", guardian="nobody is known yet who could be told",
        teacher="campaign_published", head="campaign_published",
        host="asked for a session by host_requested, when there is something to answer",
        speaker="asked for a session by speaker_requested, when there is something to answer",
        planner="campaign_published", partner="campaign_published",
    ),
    "consent requested": nobody_but(
        NOT_THEIRS, pupil="consent_awaited", guardian="consent_asked consent_reminded", teacher=WEEKLY, head=READS,
        planner=FIGURES,
    ),
    "consent given": nobody_but(
        NOT_THEIRS, pupil="registered_confirmed", guardian="registered_confirmed", teacher=WEEKLY, head=READS,
        planner=FIGURES,
    ),
    "consent refused": nobody_but(
        NOT_THEIRS, pupil="consent_refused", guardian="consent_refused", teacher=WEEKLY, head=READS, planner=FIGURES
    ),
    "class enrolled": cells(
        pupil="registered_confirmed registered_waiting", guardian="registered_confirmed registered_waiting",
        teacher="class_enrolled", head=READS, host=WHO_COMES, speaker=WHO_COMES, planner=MORNING, partner=JOINTLY,
    ),
    "absence announced": nobody_but(
        NOT_THEIRS, pupil="the one who is missed: the guardian is told, and what somebody says of it is on the page",
        guardian="absence_announced absence_lifted", teacher="absence_announced absence_lifted", head=READS,
        host="it is they who missed the pupil, or the planner beside them", planner=OWN_ACT,
    ),
    "absence foreseen": nobody_but(
        NOT_THEIRS, pupil=OWN_ACT, guardian="absence_foreseen", teacher="absence_foreseen", head=READS,
        host="absence_foreseen", planner=FIGURES,
    ),
    "follow-up": nobody_but(
        NOT_THEIRS, pupil="follow_up_booked follow_up_cancelled", guardian="follow_up_booked follow_up_cancelled",
        planner="follow_up_booked follow_up_cancelled",
    ),
    "account link": cells(
        pupil="personal_link personal_links fresh_link calendar_address",
        guardian="personal_link personal_links fresh_link calendar_address",
        teacher="sign_in_link member_invited teacher_asked calendar_address", head="sign_in_link member_invited",
        host="sign_in_link member_invited calendar_address", speaker="calendar_address",
        planner="sign_in_link member_invited calendar_address", partner="sign_in_link member_invited",
    ),
    "a question": nobody_but(
        NOT_THEIRS, pupil="question_asked question_answered", guardian="question_asked question_answered",
        teacher="question_asked question_answered", head="question_asked question_answered",
        planner="questions_passed_on",
    ),
    "an answer by mail": cells(
        pupil="answer_outdated invitation_again counter_declined",
        guardian="answer_outdated invitation_again counter_declined", teacher=NOT_THEIRS, head=NOT_THEIRS,
        host="promise_noted", speaker="promise_noted", planner="letter_received address_refused", partner=NOT_THEIRS,
    ),
    "before June": cells(
        pupil="nobody is known yet who could be told", guardian="nobody is known yet who could be told",
        teacher="offers_announced webinar_invited webinar_changed webinar_cancelled",
        head="offers_announced webinar_invited webinar_changed webinar_cancelled", host=NOT_THEIRS, speaker=NOT_THEIRS,
        planner=OWN_ACT, partner=JOINTLY,
    ),
}  # fmt: skip
# sent at an hour, not of a fact
SUMMARIES = {"planner_digest": "planner", "teacher_digest": "teacher"}
EVERY = {*get_args(Message), *get_args(NoticeMessage)}


def messages_in(cell: str) -> set[str]:
    """The messages of a cell; none where it says why."""
    words = set(cell.split())
    return words if words <= EVERY else set()


def test_a_person_is_told_of_a_fact_or_there_is_a_reason_why_not():
    for fact, person in product(FACTS, PERSONS):
        cell = TABLE[fact][person]
        # a message has this very name, and a reason is a sentence
        assert messages_in(cell) or len(cell.split()) >= 5, (fact, person, cell)


def test_every_message_is_somebody_s_and_the_table_has_nothing_else():
    told = {message for row in TABLE.values() for cell in row.values() for message in messages_in(cell)}
    assert told | set(SUMMARIES) == EVERY
    assert set(TABLE) == set(FACTS)


def test_pupil_and_guardian_are_told_what_the_page_says():
    page = {line.message: line.to for lines in REACTIONS.values() if isinstance(lines, tuple) for line in lines}
    page |= dict.fromkeys(REMINDING, "reader_and_guardian")
    told = {
        person: {message for row in TABLE.values() for message in messages_in(row[person]) & set(page)}
        for person in PERSONS
    }
    # who reads for a pupil without address is told what the pupil would be
    assert told["pupil"] == {message for message, to in page.items() if to != "guardian"}
    assert told["guardian"] >= {message for message, to in page.items() if to in ("guardian", "reader_and_guardian")}
    assert not any(told[person] for person in PERSONS[2:])


def test_nobody_is_told_as_somebody_else():
    words = {
        "host": ("accueil", "répondu oui"),
        "speaker": ("intervention", "répondu oui"),
        "planner": ("planifiez", "rendez-vous", "participe"),
        "partner": ("participe",),
        "teacher": ("professeur", "participe", "liste"),
        "head": ("participe", "liste"),
    }
    anybody = {"sign_in_link", "member_invited", "calendar_address", "question_asked", "question_answered",
               "absence_announced", "absence_lifted", "absence_foreseen", "promise_noted"}  # fmt: skip
    for person, said in words.items():
        for message in {each for row in TABLE.values() for each in messages_in(row[person])} - anybody:
            assert any(word in str(BECAUSE[message]) for word in said), (person, message)


def test_a_reason_that_names_a_message_names_one_there_is():
    for row in TABLE.values():
        for cell in row.values():
            if not messages_in(cell):
                assert set(re.findall(r"\b[a-z]+_[a-z_]+\b", cell)) <= EVERY, cell


def test_what_is_left_to_the_morning_is_in_it():
    said = Path(shared.needs.__file__).read_text()
    for kind in ("host_declined", "host_awaited", "speaker_declined", "agreement_awaited", "seat_held", "seats_free"):
        assert f'"{kind}"' in said
    sample = (Path(services.notifications.samples.__file__).parent / "notices.py").read_text()
    assert "registered=4, waiting=1" in sample
