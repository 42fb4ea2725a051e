"""A notice that is about to be sent: the delivery, the fact, whom it goes to and which pupil it speaks of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct, field

from services.notifications.message import NoticeMessage
from shared.advance_notices import MorningSummed, PromiseDrewNear, PupilsSummed
from shared.announcements import OffersAnnounced
from shared.answer_notices import AbsenceForeseen
from shared.french_dates import PARIS
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    AgreementDeclined,
    AgreementGiven,
    AgreementNotice,
    AgreementReminded,
    AgreementRequested,
    AnyNotice,
    FollowUpBooked,
    FollowUpCancelled,
    FreshLinkRequested,
    HostAnswered,
    HostNotice,
    HostReleased,
    HostReminded,
    HostRequested,
    HostTimeAccepted,
    MemberInvited,
    Notice,
    PartnerLeft,
    SignInRequested,
    SpeakerAnswered,
    SpeakerNotice,
    SpeakerReleased,
    SpeakerReminded,
    SpeakerRequested,
)
from shared.people import Person
from shared.promises import PromiseChanged, PromiseTakenBack
from shared.question_notices import QuestionAsked, QuestionsPassedOn
from shared.webinars import WebinarCancelled, WebinarChanged, WebinarInvited, WebinarNotice

A_DAY = timedelta(days=1)
# what asks for an answer is past when anything has happened since; an answer, when there is another one or an end
_OVERTAKEN: dict[type[Notice], tuple[type[Notice], ...]] = {
    QuestionsPassedOn: (QuestionsPassedOn,),
    AgreementRequested: (AgreementNotice,),
    AgreementReminded: (AgreementNotice,),
    AgreementGiven: (AgreementGiven, AgreementDeclined, PartnerLeft),
    AgreementDeclined: (AgreementGiven, AgreementDeclined, PartnerLeft),
    PartnerLeft: (AgreementRequested,),
    PromiseDrewNear: (HostNotice, SpeakerNotice, PromiseTakenBack, PromiseDrewNear),
    HostRequested: (HostNotice,),
    HostReminded: (HostNotice,),
    HostAnswered: (HostAnswered, HostReleased),
    HostTimeAccepted: (HostRequested, HostAnswered, HostReleased),
    HostReleased: (HostRequested,),
    SpeakerRequested: (SpeakerNotice,),
    SpeakerReminded: (SpeakerNotice,),
    SpeakerAnswered: (SpeakerAnswered, SpeakerReleased),
    SpeakerReleased: (SpeakerRequested,),
    FollowUpBooked: (FollowUpCancelled,),
    FollowUpCancelled: (FollowUpBooked,),
    WebinarInvited: (WebinarChanged, WebinarCancelled),
    WebinarChanged: (WebinarCancelled,),
}


class NoticeLetter(Struct, frozen=True, kw_only=True):
    """A claimed delivery without registration. `mail` holds the bytes once they are rendered."""

    id: UUID
    event_id: UUID
    message: NoticeMessage
    attempts: int
    message_id: str
    planned_at: datetime
    recipient_address: str | None
    mail: bytes | None
    recipient: Person
    priority: int = 5
    losses: int = 0
    turn_at: datetime | None = None
    barred: bool = False

    registration_id: None = None

    @property
    def address(self) -> str | None:
        """Where it goes: the address it was first sent to, while the person still has one; None after erasure."""
        return (self.recipient_address or self.recipient.email) if self.recipient.email else None


class ReceivedLetter(Struct, frozen=True, kw_only=True):
    """What somebody wrote back: kept beside the fact, which holds nobody's words."""

    sender: str
    sender_name: str = ""
    subject: str
    words: str
    attachments: int = 0


class ClaimedNotice(Struct, frozen=True, kw_only=True):
    """A letter to send and the fact behind it; `pupil` where the fact speaks of one, `received` where of a mail."""

    letter: NoticeLetter
    event: AnyNotice
    pupil: Person | None = None
    # those of a fact that speaks of several, by id
    pupils: Mapping[UUID, Person] = field(default_factory=dict)
    received: ReceivedLetter | None = None
    # other sessions of the same day that it tells of
    besides: tuple[PromiseDrewNear, ...] = ()


def is_too_late(event: AnyNotice, now: datetime) -> bool:
    """Whether the link in the message would no longer open anything, or what it tells of has begun."""
    if isinstance(event, PromiseDrewNear):
        return event.appointment.starts_at <= now
    if isinstance(event, MorningSummed | PupilsSummed):
        return event.occurred_at + A_DAY <= now
    if isinstance(event, OffersAnnounced):
        return event.last < now.astimezone(PARIS).date()
    if isinstance(event, WebinarNotice):
        return event.ends_at <= now
    return (
        isinstance(event, SignInRequested | MemberInvited | FreshLinkRequested | QuestionAsked)
        and event.expires_at <= now
    )


def is_overtaken(event: AnyNotice, later: AnyNotice) -> bool:
    """Whether a later fact about the same request, agreement, slot or absence makes the message untrue, or useless."""
    if isinstance(event, FollowUpBooked | FollowUpCancelled) and isinstance(later, FollowUpBooked | FollowUpCancelled):
        # a slot that was given back is somebody else's
        return event.pupil_id == later.pupil_id and isinstance(later, _OVERTAKEN[type(event)])
    if isinstance(event, AbsenceAnnounced | AbsenceLifted) and isinstance(later, AbsenceAnnounced | AbsenceLifted):
        # the next day's absence is another one
        day, later_day = (each.appointment.starts_at.astimezone(PARIS).date() for each in (event, later))
        return event.pupil_id == later.pupil_id and day == later_day and type(event) is not type(later)
    if isinstance(event, AbsenceForeseen) and isinstance(later, AbsenceForeseen):
        same = event.appointment.session_id == later.appointment.session_id and event.pupil_id == later.pupil_id
        return same and event.taken_back != later.taken_back
    if isinstance(event, HostRequested | SpeakerRequested) and isinstance(later, PromiseChanged):
        # a detail that changed after it leaves the question open, what was promised being so again does not
        return later.holds_again
    if isinstance(event, WebinarNotice):
        # each change is told, in its order; an invitation that has not left gives way to it
        return isinstance(later, _OVERTAKEN.get(type(event), ()))
    if newer := _sequences(event, later):
        # each message about an entry carries the whole of it: only one that is newer makes it needless
        return newer[1] > newer[0]
    return isinstance(later, _OVERTAKEN.get(type(event), ()))


def _sequences(event: AnyNotice, later: AnyNotice) -> tuple[int, int] | None:
    """The SEQUENCEs of a message about a promised entry, and of a later one or 0."""
    mine: int = getattr(event, "sequence", 0)
    return (mine, getattr(later, "sequence", 0)) if mine else None
