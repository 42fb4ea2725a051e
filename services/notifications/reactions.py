"""The page: everything that can happen, and who is told what of it.

A line says which message an event causes, for whom, how urgent it is (0 first; what is about the next 24 hours is more
urgent than its line says, see NEAR), whether it may wait for others of its kind (coalescing), whether it waits for the
morning (quiet hours), and what becomes of the calendar entry. A notice
names its recipients itself: its line says the message, the urgency and whether it waits. A test fails when an event of
the contract has no line.
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from services.notifications.message import Entry, Message, NoticeMessage
from shared.advance_notices import CampaignPublished, MorningSummed, PromiseDrewNear, PupilsSummed
from shared.announcements import OffersAnnounced
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.erasures import PupilErased
from shared.events import (
    Event,
    OfferCancelled,
    OfferChanged,
    OfferPublished,
    RegistrationAnswerNoted,
    RegistrationConfirmed,
    RegistrationConsentReminded,
    RegistrationDeclined,
    RegistrationExpired,
    RegistrationHeld,
    RegistrationKept,
    RegistrationLinkRequested,
    RegistrationRefused,
    RegistrationSeatReminded,
    RegistrationWaiting,
    RegistrationWithdrawn,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
)
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    AgreementDeclined,
    AgreementGiven,
    AgreementReminded,
    AgreementRequested,
    CalendarRequested,
    CampaignCancelled,
    ClassEnrolled,
    FollowUpBooked,
    FollowUpCancelled,
    FreshLinkRequested,
    HostAnswered,
    HostReleased,
    HostReminded,
    HostRequested,
    HostTimeAccepted,
    LinksRequested,
    MemberInvited,
    Notice,
    PartnerLeft,
    SignInRequested,
    SpeakerAnswered,
    SpeakerReleased,
    SpeakerReminded,
    SpeakerRequested,
    TeacherAsked,
)
from shared.promises import PromiseAnswerNoted, PromiseChanged, PromiseGiven, PromiseTakenBack
from shared.question_notices import QuestionAnswered, QuestionAsked, QuestionsPassedOn
from shared.suppressions import AddressFreed
from shared.webinars import WebinarCancelled, WebinarChanged, WebinarInvited

# the reader is the pupil, or the guardian of a pupil without an address; most things the guardian hears besides
Audience = Literal["reader_and_guardian", "reader", "pupil", "guardian"]


def at_once(_: Any) -> bool:
    """Answers to one's own act, seats offered, deadlines that run: at any hour."""
    return False


def by_day(_: Any) -> bool:
    """News of what somebody else did: never by night, but when it is about the next 24 hours (quiet_hours.py)."""
    return True


class Reaction(Struct, frozen=True, kw_only=True):
    """One message. Who has a seat has a calendar entry."""

    message: Message
    priority: int
    entry: Entry | None = "REQUEST"
    to: Audience = "reader_and_guardian"
    when: Callable[[Any], bool] = lambda _: True
    waits: Callable[[Any], bool] = at_once


def refused(event: RegistrationRefused, *, had_seat: bool) -> bool:
    """Whether the pupil, and not the guardian, said no to a seat that was in the calendar, or was not."""
    return not event.by_guardian and event.had_seat is had_seat


class NoticeReaction(Struct, frozen=True, kw_only=True):
    """One message to each recipient of a notice."""

    message: NoticeMessage
    priority: int
    waits: Callable[[Any], bool] = at_once


def by_others(event: RegistrationWithdrawn) -> bool:
    """Whether a place was given back by nobody who holds it: the answer is to no act of who reads it."""
    return event.why != "asked" or event.by_school


NOBODY: tuple[Reaction, ...] = ()

REACTIONS: dict[
    type[Event] | type[Notice] | type[PupilErased] | type[AddressFreed], tuple[Reaction, ...] | NoticeReaction
] = {
    RegistrationConfirmed: (
        Reaction(message="registered_confirmed", priority=2, when=lambda event: event.how in ("registered", "given")),
        Reaction(message="seat_confirmed", priority=2, when=lambda event: event.how == "accepted"),
        # the seat is as it was: one update, with whatever else changes meanwhile
        Reaction(message="changed", priority=4, when=lambda event: event.how == "regrouped", waits=by_day),
    ),
    RegistrationWaiting: (Reaction(message="registered_waiting", priority=3, entry=None),),
    # a deadline is running
    RegistrationHeld: (
        Reaction(message="seat_offered", priority=1, when=lambda event: event.held_for == "promotion"),
        # nobody has shown yet that they read this address: one button, no calendar, nobody else told
        Reaction(
            message="address_asked",
            priority=0,
            entry=None,
            to="reader",
            when=lambda event: event.held_for == "address",
        ),
        # each hears their own part: the one that they are asked, the other who is
        Reaction(message="consent_asked", priority=1, to="guardian", when=lambda event: event.held_for == "consent"),
        Reaction(message="consent_awaited", priority=1, to="pupil", when=lambda event: event.held_for == "consent"),
    ),
    RegistrationWithdrawn: (
        Reaction(message="withdrawn", priority=3, entry="CANCEL", when=lambda event: event.had_seat, waits=by_others),
        Reaction(message="withdrawn", priority=3, entry=None, when=lambda event: not event.had_seat, waits=by_others),
    ),
    # the time is nearly over
    RegistrationSeatReminded: (Reaction(message="seat_reminded", priority=1, entry=None),),
    RegistrationConsentReminded: (Reaction(message="consent_reminded", priority=1, entry=None, to="guardian"),),
    RegistrationRefused: (
        Reaction(message="seat_refused", priority=3, entry="CANCEL", when=lambda event: refused(event, had_seat=True)),
        Reaction(message="seat_refused", priority=3, entry=None, when=lambda event: refused(event, had_seat=False)),
        Reaction(
            message="consent_refused",
            priority=3,
            entry="CANCEL",
            when=lambda event: event.by_guardian and event.had_seat,
        ),
        Reaction(
            message="consent_refused",
            priority=3,
            entry=None,
            when=lambda event: event.by_guardian and not event.had_seat,
        ),
    ),
    RegistrationExpired: (
        Reaction(
            message="seat_expired",
            priority=3,
            entry="CANCEL",
            when=lambda event: event.held_for == "promotion",
            waits=by_day,
        ),
        Reaction(
            message="consent_expired",
            priority=3,
            entry="CANCEL",
            when=lambda event: event.held_for == "consent",
            waits=by_day,
        ),
    ),
    # somebody looks at a screen that says « nous vous l’avons renvoyé »
    RegistrationLinkRequested: (Reaction(message="personal_link", priority=1, entry=None, to="reader"),),
    # half an hour is running
    RegistrationDeclined: (Reaction(message="seat_declined", priority=0, entry=None),),
    RegistrationKept: (Reaction(message="seat_kept", priority=2),),
    RegistrationAnswerNoted: (
        Reaction(message="answer_outdated", priority=3, to="reader", when=lambda event: event.why == "outdated"),
        Reaction(message="invitation_again", priority=3, to="reader", when=lambda event: event.why == "refresh"),
        Reaction(
            message="counter_declined",
            priority=3,
            entry="DECLINECOUNTER",
            to="reader",
            when=lambda event: event.why == "counter",
        ),
    ),
    SessionAdded: (Reaction(message="changed", priority=4, waits=by_day),),
    SessionChanged: (Reaction(message="changed", priority=4, waits=by_day),),
    SessionCancelled: (Reaction(message="session_cancelled", priority=3, waits=by_day),),
    OfferPublished: NOBODY,
    OfferChanged: (Reaction(message="changed", priority=5, waits=by_day),),
    # who only waited has no entry to cancel
    OfferCancelled: (Reaction(message="offer_cancelled", priority=2, entry="CANCEL", waits=by_day),),
    # somebody sits before a screen that says « nous vous avons envoyé un lien »
    SignInRequested: NoticeReaction(message="sign_in_link", priority=0),
    MemberInvited: NoticeReaction(message="member_invited", priority=2, waits=by_day),
    AgreementRequested: NoticeReaction(message="agreement_requested", priority=2, waits=by_day),
    AgreementReminded: NoticeReaction(message="agreement_reminded", priority=4, waits=by_day),
    AgreementGiven: NoticeReaction(message="agreement_given", priority=2, waits=by_day),
    AgreementDeclined: NoticeReaction(message="agreement_declined", priority=2, waits=by_day),
    PartnerLeft: NoticeReaction(message="partner_left", priority=2, waits=by_day),
    CampaignCancelled: NoticeReaction(message="campaign_cancelled", priority=2, waits=by_day),
    HostRequested: NoticeReaction(message="host_requested", priority=2, waits=by_day),
    HostReminded: NoticeReaction(message="host_reminded", priority=4, waits=by_day),
    HostAnswered: NoticeReaction(message="host_answered", priority=2, waits=by_day),
    HostTimeAccepted: NoticeReaction(message="host_time_accepted", priority=2, waits=by_day),
    HostReleased: NoticeReaction(message="host_released", priority=2, waits=by_day),
    SpeakerRequested: NoticeReaction(message="speaker_requested", priority=2, waits=by_day),
    SpeakerReminded: NoticeReaction(message="speaker_reminded", priority=4, waits=by_day),
    SpeakerAnswered: NoticeReaction(message="speaker_answered", priority=2, waits=by_day),
    SpeakerReleased: NoticeReaction(message="speaker_released", priority=2, waits=by_day),
    # somebody has just said yes, or no more
    PromiseGiven: NoticeReaction(message="promise_given", priority=2),
    PromiseChanged: NoticeReaction(message="promise_changed", priority=4, waits=by_day),
    PromiseTakenBack: NoticeReaction(message="promise_taken_back", priority=2),
    PromiseAnswerNoted: NoticeReaction(message="promise_noted", priority=3),
    PromiseDrewNear: NoticeReaction(message="promise_near", priority=4, waits=by_day),
    MorningSummed: NoticeReaction(message="planner_digest", priority=6),
    PupilsSummed: NoticeReaction(message="teacher_digest", priority=6),
    CampaignPublished: NoticeReaction(message="campaign_published", priority=5, waits=by_day),
    # nobody waits for it: behind everything else, and never by night
    OffersAnnounced: NoticeReaction(message="offers_announced", priority=7, waits=by_day),
    WebinarInvited: NoticeReaction(message="webinar_invited", priority=7, waits=by_day),
    WebinarChanged: NoticeReaction(message="webinar_changed", priority=7, waits=by_day),
    WebinarCancelled: NoticeReaction(message="webinar_cancelled", priority=7, waits=by_day),
    ClassEnrolled: NoticeReaction(message="class_enrolled", priority=3),
    # somebody sits before a screen that says « le lien part »
    LinksRequested: NoticeReaction(message="personal_links", priority=0),
    FreshLinkRequested: NoticeReaction(message="fresh_link", priority=0),
    # somebody looks at a screen that says « nous vous l’avons envoyée »
    CalendarRequested: NoticeReaction(message="calendar_address", priority=0),
    TeacherAsked: NoticeReaction(message="teacher_asked", priority=3, waits=by_day),
    # a minor is not where everybody believes
    AbsenceAnnounced: NoticeReaction(message="absence_announced", priority=0),
    AbsenceLifted: NoticeReaction(message="absence_lifted", priority=1),
    FollowUpBooked: NoticeReaction(message="follow_up_booked", priority=2),
    FollowUpCancelled: NoticeReaction(message="follow_up_cancelled", priority=2),
    # somebody looks at a screen that says « voyez votre messagerie »
    QuestionAsked: NoticeReaction(message="question_asked", priority=1),
    QuestionsPassedOn: NoticeReaction(message="questions_passed_on", priority=4, waits=by_day),
    QuestionAnswered: NoticeReaction(message="question_answered", priority=3, waits=by_day),
    AbsenceForeseen: NoticeReaction(message="absence_foreseen", priority=1, waits=by_day),
    # somebody waits for a person's answer
    LetterReceived: NoticeReaction(message="letter_received", priority=2, waits=by_day),
    AddressRefused: NoticeReaction(message="address_refused", priority=4, waits=by_day),
    # there is nobody left to tell (erase_letters.py); carried out by who sends (free_addresses.py)
    PupilErased: NOBODY,
    AddressFreed: NOBODY,
}

# somebody looks at a screen, or a deadline is running: these priorities do not wait behind all others
URGENT_BELOW = 2
# what somebody else changed about the next 24 hours is as urgent as a deadline (moment.py)
NEAR = 1

STATUS_AFTER: dict[type[Event], str] = {
    RegistrationConfirmed: "confirmed",
    RegistrationKept: "confirmed",
    RegistrationWaiting: "waiting",
    RegistrationHeld: "held",
    RegistrationWithdrawn: "withdrawn",
    RegistrationRefused: "refused",
    RegistrationExpired: "expired",
    OfferCancelled: "cancelled",
}


def reactions_to(event: Event) -> tuple[Reaction, ...]:
    """The messages that one event causes for those who are registered."""
    lines = REACTIONS[type(event)]
    return () if isinstance(lines, NoticeReaction) else tuple(line for line in lines if line.when(event))


def reaction_to_notice(notice: Notice) -> NoticeReaction | None:
    """The message that one notice causes for each of its recipients."""
    line = REACTIONS[type(notice)]
    return line if isinstance(line, NoticeReaction) else None
