"""The JSON bodies about speakers: the bank, invitations, answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.speakers.read import BankedSpeaker, SentInvitation
from services.campaigns.offers.speakers.speaker import InvitationStatus, SpeakerAnswer
from services.campaigns.offers.speakers.testimony.testimony import Testimony


class SpeakerSheetBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A speaker as a planner writes it. `contact_again`: they agreed to be asked for other sessions."""

    name: Annotated[str, Meta(examples=["Salomé Vasseur"])]
    trade: Annotated[str, Meta(examples=["soudeuse"])]
    employer: str = ""
    sector: Annotated[str | None, Meta(description="Code of a sector.", examples=["s10"])] = None
    email: Annotated[str, Meta(examples=["salome@metal.example"])]
    contact_again: bool = False


class SpeakerBody(Struct, frozen=True, kw_only=True):
    """A speaker of the bank; `invited` and `confirmed` count sessions to come."""

    id: UUID
    name: str
    trade: str
    employer: str
    sector: str | None
    email: str | None
    contact_again_at: datetime | None
    may_be_asked: bool
    invited: int
    confirmed: int


class SpeakersBody(Struct, frozen=True):
    """The bank by sector, trade and name, a hundred a page."""

    items: list[SpeakerBody]
    next: str | None


class InviteBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite to the session."""

    speaker_id: UUID


class InvitationBody(Struct, frozen=True, kw_only=True):
    """One invitation and where it stands."""

    id: UUID
    session_id: UUID
    speaker_id: UUID
    speaker: str
    status: InvitationStatus
    word: str
    answer_by: datetime
    answered_at: datetime | None


class InvitationsBody(Struct, frozen=True):
    """The invitations to one session."""

    items: list[InvitationBody]


class SpeakerAnswerBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What the speaker answers; `contact_again` null leaves what they agreed to."""

    answer: SpeakerAnswer
    word: Annotated[str, Meta(description="At most 600 characters.")] = ""
    contact_again: bool | None = None


class TestimonyBody(Struct, frozen=True, kw_only=True):
    """An invitation as the invited person sees it."""

    speaker: str
    campaign: str
    offer: str
    organiser: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    contact: str
    status: InvitationStatus
    planned: bool
    word: str
    answer_by: datetime
    contact_again: bool
    may_answer: bool


def speaker_body(speaker: BankedSpeaker) -> SpeakerBody:
    """The contract's view of a speaker."""
    return SpeakerBody(
        id=speaker.id,
        name=speaker.name,
        trade=speaker.trade,
        employer=speaker.employer,
        sector=speaker.sector,
        email=speaker.email,
        contact_again_at=speaker.contact_again_at,
        may_be_asked=speaker.may_be_asked,
        invited=speaker.invited,
        confirmed=speaker.confirmed,
    )


def invitation_body(invitation: SentInvitation) -> InvitationBody:
    """The contract's view of an invitation."""
    return InvitationBody(
        id=invitation.id,
        session_id=invitation.session_id,
        speaker_id=invitation.speaker_id,
        speaker=invitation.speaker,
        status=invitation.status,
        word=invitation.word,
        answer_by=invitation.answer_by,
        answered_at=invitation.answered_at,
    )


def testimony_body(testimony: Testimony, now: datetime) -> TestimonyBody:
    """The contract's view of what a speaker is asked."""
    session = testimony.appointment
    return TestimonyBody(
        speaker=testimony.speaker,
        campaign=testimony.campaign,
        offer=session.offer,
        organiser=session.organisation,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        contact=session.contact,
        status=testimony.status,
        planned=testimony.planned,
        word=testimony.word,
        answer_by=testimony.answer_by,
        contact_again=testimony.contact_again,
        may_answer=testimony.may_answer(now),
    )
