"""The part of the contract about people who have no registration: members, partners, hosts, speakers, teachers.

A field may be added with a default; anything else is a new tag (see `shared.events`).
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.advance_notices import AdvanceNotice
from shared.announcements import Announcement
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.appointment import Appointment as Appointment
from shared.changes import FieldChange
from shared.notice import Notice as Notice
from shared.promises import PromiseAnswerNoted, PromiseChanged, PromiseGiven, PromiseTakenBack
from shared.question_notices import QuestionAnswered, QuestionAsked, QuestionsPassedOn


class SignInRequested(Notice, frozen=True, kw_only=True, tag="sign_in.requested"):
    """Somebody with an account asked for a link to sign in."""

    sign_in_id: UUID
    expires_at: datetime


class MemberInvited(Notice, frozen=True, kw_only=True, tag="member.invited"):
    """An organisation invites somebody to act for it."""

    invitation_id: UUID
    organisation: str
    role: Literal["owner", "planner", "host", "teacher", "viewer"]
    invited_by: str = ""
    expires_at: datetime


class AgreementNotice(Notice, frozen=True, kw_only=True):
    """A fact about one partner's agreement to a campaign; `organisation` is the partner, `awaited` who is still."""

    agreement_id: UUID
    campaign_id: UUID
    campaign: str
    lead: str
    organisation: str
    version: int
    word: str = ""
    changes: tuple[str, ...] = ()
    changes_en: tuple[str, ...] = ()  # for who reads English
    awaited: tuple[str, ...] = ()


class AgreementRequested(AgreementNotice, frozen=True, kw_only=True, tag="agreement.requested"):
    """A partner is asked to agree to a version of a campaign; `changes` since the version agreed before."""


class AgreementReminded(AgreementNotice, frozen=True, kw_only=True, tag="agreement.reminded"):
    """A partner has not answered yet and is reminded, once."""


class AgreementGiven(AgreementNotice, frozen=True, kw_only=True, tag="agreement.given"):
    """A partner agreed; told to the lead's planners."""


class AgreementDeclined(AgreementNotice, frozen=True, kw_only=True, tag="agreement.declined"):
    """A partner declined, with a word; told to the lead's planners."""


class PartnerLeft(AgreementNotice, frozen=True, kw_only=True, tag="agreement.left"):
    """A partner who had agreed left the campaign; told to the planners of the others."""


class CampaignCancelled(AgreementNotice, frozen=True, kw_only=True, tag="campaign.cancelled"):
    """The campaign will not take place; told to each partner, who has agreed or was asked to."""


class HostNotice(Notice, frozen=True, kw_only=True):
    """A fact about a request to host one session; `host` is the company.

    `sequence` is that of the calendar entry of who had promised; 0 where there is no entry.
    """

    request_id: UUID
    token_version: int = 1
    # of the page and the calendar of all that was asked of the recipient
    space_version: int = 1
    host: str
    appointment: Appointment
    word: str = ""
    sequence: int = 0


class HostRequested(HostNotice, frozen=True, kw_only=True, tag="host.requested"):
    """A company is asked to host a session; `changes` where it had been asked before and the session changed."""

    answer_by: datetime
    changes: tuple[FieldChange, ...] = ()


class HostReminded(HostNotice, frozen=True, kw_only=True, tag="host.reminded"):
    """A company has not answered and is reminded, once."""

    answer_by: datetime


class HostAnswered(HostNotice, frozen=True, kw_only=True, tag="host.answered"):
    """A company answered; told to the planners. Times where it proposes others."""

    # of the page the planner sees the answer on
    offer_slug: str = ""
    answer: Literal["confirmed", "proposed", "declined", "withdrawn"]
    proposed_starts_at: datetime | None = None
    proposed_ends_at: datetime | None = None
    # by the calendar, where deleting an entry is enough to say no
    by_calendar: bool = False


class HostTimeAccepted(HostNotice, frozen=True, kw_only=True, tag="host.time_accepted"):
    """The planner took the time that the company proposed, which is confirmed by it; told to the company."""


class HostReleased(HostNotice, frozen=True, kw_only=True, tag="host.released"):
    """The company is not needed for this session any more; told to the company."""

    reason: Literal["replaced", "session_cancelled", "offer_cancelled"]


class SpeakerNotice(Notice, frozen=True, kw_only=True):
    """A fact about a request to testify in one session; `speaker` is the name, `sequence` as of a host."""

    request_id: UUID
    token_version: int = 1
    speaker: str
    appointment: Appointment
    word: str = ""
    sequence: int = 0


class SpeakerRequested(SpeakerNotice, frozen=True, kw_only=True, tag="speaker.requested"):
    """A professional is asked to testify; `changes` where they had been asked before and the session changed."""

    answer_by: datetime
    changes: tuple[FieldChange, ...] = ()


class SpeakerReminded(SpeakerNotice, frozen=True, kw_only=True, tag="speaker.reminded"):
    """A professional has not answered and is reminded, once."""

    answer_by: datetime


class SpeakerAnswered(SpeakerNotice, frozen=True, kw_only=True, tag="speaker.answered"):
    """A professional answered; told to the planners."""

    # of the page the planner sees the answer on
    offer_slug: str = ""
    answer: Literal["confirmed", "declined"]
    by_calendar: bool = False


class SpeakerReleased(SpeakerNotice, frozen=True, kw_only=True, tag="speaker.released"):
    """The professional is not needed for this session any more."""

    reason: Literal["replaced", "session_cancelled", "offer_cancelled"]


class ClassEnrolled(Notice, frozen=True, kw_only=True, tag="class.enrolled"):
    """A teacher enrolled a list of pupils; counts only, told to the teacher."""

    offer: str
    seated: int
    waiting: int
    refused: int = 0


class PersonalLink(Struct, frozen=True, kw_only=True):
    """One registration, and the version at which its personal link opens it; `offer` is the title.

    `to_guardian`: it opens what the guardian reads besides the pupil.
    """

    registration_id: UUID
    token_version: int
    offer: str
    to_guardian: bool = False


class LinksRequested(Notice, frozen=True, kw_only=True, tag="links.requested"):
    """Somebody asked, with an address alone, for the personal links of all that is registered under it.

    `consents`: what a guardian consents to; alone where the pupil or a planner asked that it be sent again.
    """

    links: tuple[PersonalLink, ...]
    consents: tuple[PersonalLink, ...] = ()


class FreshLinkRequested(Notice, frozen=True, kw_only=True, tag="fresh_link.requested"):
    """The owner of a registration asked for what only who reads the mail may do: a link to a page, for a while."""

    link: PersonalLink
    leads_to: Literal["donnees"] = "donnees"
    expires_at: datetime


class TeacherAsked(Notice, frozen=True, kw_only=True, tag="teacher.asked"):
    """Pupils named the recipient as their referent teacher, who is asked whether it is so: how many, not who."""

    token_version: int
    pupils: int


class AbsenceAnnounced(Notice, frozen=True, kw_only=True, tag="absence.announced"):
    """A pupil is not where they are expected; told at once to guardian and teacher."""

    pupil_id: UUID
    appointment: Appointment
    emergency_phone: str = ""


class AbsenceLifted(Notice, frozen=True, kw_only=True, tag="absence.lifted"):
    """A pupil announced as absent is there after all; told to whom the absence was told."""

    pupil_id: UUID
    appointment: Appointment


class FollowUpBooked(Notice, frozen=True, kw_only=True, tag="follow_up.booked"):
    """A one-to-one slot was booked; told to the pupil (or guardian) and to the member."""

    slot_id: UUID
    pupil_id: UUID
    appointment: Appointment
    # of the calendar entry, as of the slot
    sequence: int = 0


class FollowUpCancelled(Notice, frozen=True, kw_only=True, tag="follow_up.cancelled"):
    """A one-to-one slot that was booked will not take place."""

    slot_id: UUID
    pupil_id: UUID
    appointment: Appointment
    # of the calendar entry, as of the slot
    sequence: int = 0


class CalendarRequested(Notice, frozen=True, kw_only=True, tag="calendar.requested"):
    """Somebody asked for the secret address of a calendar by mail, or renewed it: then the one before is dead.

    `holder_id` is whose calendar it is, which the recipient may be another's guardian of.
    """

    whose: Literal["personal", "famille", "professeur", "temoignages", "planification", "suivi"]
    holder_id: UUID
    calendar_version: int
    renewed: bool = False


AnyNotice = (
    SignInRequested
    | MemberInvited
    | AgreementRequested
    | AgreementReminded
    | AgreementGiven
    | AgreementDeclined
    | PartnerLeft
    | CampaignCancelled
    | HostRequested
    | HostReminded
    | HostAnswered
    | HostTimeAccepted
    | HostReleased
    | SpeakerRequested
    | SpeakerReminded
    | SpeakerAnswered
    | SpeakerReleased
    | PromiseGiven
    | PromiseChanged
    | PromiseTakenBack
    | PromiseAnswerNoted
    | ClassEnrolled
    | LinksRequested
    | FreshLinkRequested
    | TeacherAsked
    | AbsenceAnnounced
    | AbsenceLifted
    | FollowUpBooked
    | FollowUpCancelled
    | CalendarRequested
    | QuestionAsked
    | QuestionsPassedOn
    | QuestionAnswered
    | AbsenceForeseen
    | LetterReceived
    | AddressRefused
    | AdvanceNotice
    | Announcement
)
