"""The JSON bodies about hosts: requests, answers, replacements."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.hosts.host_request import Answer, RequestStatus
from services.campaigns.offers.hosts.overview import HostedSession

Word = Annotated[str, Meta(description="At most 600 characters.", examples=["Casques à prévoir."])]
Moment = Annotated[datetime, Meta(description="With its offset.", examples=["2027-06-14T10:00:00+02:00"])]


class HostContactBody(Struct, frozen=True):
    """Whom the company is asked through; needs no account."""

    name: Annotated[str, Meta(examples=["Nadia Le Goff"])]
    email: Annotated[str, Meta(examples=["accueil@chantiers.example"])]


class AskHostsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One session, through a contact where the company has none or another one is meant; or all of the offer."""

    session_id: UUID | None = None
    contact: HostContactBody | None = None


class AskedHostsBody(Struct, frozen=True):
    """How many requests went out, and the companies nobody is known of."""

    asked: int
    unknown: tuple[str, ...]


class HostedSessionBody(Struct, frozen=True, kw_only=True):
    """One session with its host; without a request nobody was asked. `replace_by` where the company said no."""

    session_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    host_id: UUID | None
    host: str
    request_id: UUID | None
    status: RequestStatus | None
    word: str
    answer_by: datetime | None
    proposed_starts_at: datetime | None
    proposed_ends_at: datetime | None
    replace_by: datetime | None


class HostedSessionsBody(Struct, frozen=True):
    """The planned sessions of one offer, in their order."""

    items: list[HostedSessionBody]
    names_shared_at: datetime | None


class HostAnswerBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What the company answers; times where it proposes others."""

    answer: Answer
    word: Word = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class NewHostBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which company receives the session: by id, or by name (a new one is made). Without `place`: at its site."""

    organisation_id: UUID | None = None
    company: Annotated[str, Meta(examples=["Ateliers du Pont"])] = ""
    place: str = ""
    contact: HostContactBody | None = None
    note: Annotated[str, Meta(description="A sentence for participants, at most 500 characters.")] = ""
    hold: Annotated[bool, Meta(description="Tell them in an hour only.")] = False


class NamesSharingBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether companies that have confirmed see names, school and class of who comes."""

    shared: bool


class HostingBody(Struct, frozen=True, kw_only=True):
    """A session as its company sees it; `open_answers` is what it can say now, `pupils` the most who come."""

    request_id: UUID | None
    session_id: UUID
    host: str
    campaign: str
    offer: str
    organiser: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    expected: str
    contact: str
    pupils: int
    status: RequestStatus | None
    planned: bool
    word: str
    answer_by: datetime | None
    proposed_starts_at: datetime | None
    proposed_ends_at: datetime | None
    open_answers: tuple[Answer, ...]


class HostingsBody(Struct, frozen=True):
    """A company's sessions of all campaigns, a hundred a page."""

    items: list[HostingBody]
    next: str | None


def hosted_session_body(session: HostedSession) -> HostedSessionBody:
    """The contract's view of one line of the planner's page."""
    return HostedSessionBody(
        session_id=session.session_id,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        host_id=session.host_id,
        host=session.host,
        request_id=session.request_id,
        status=session.status,
        word=session.word,
        answer_by=session.answer_by,
        proposed_starts_at=session.proposed_starts_at,
        proposed_ends_at=session.proposed_ends_at,
        replace_by=session.replace_by if session.is_gap else None,
    )
