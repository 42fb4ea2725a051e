"""The JSON bodies of a teacher's pupils and visits: the contract for machines."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.bodies import Email
from services.campaigns.teaching.lists.list_form import LISTED_AT_ONCE
from services.campaigns.teaching.pupil import FollowedPupil, Meeting, Place, PupilState
from services.campaigns.teaching.visits.proposal import Proposed
from services.campaigns.teaching.visits.visit import NOTE_AT_MOST, Visit

Minutes = Annotated[int, Meta(ge=10, le=240, examples=[30])]


class FollowedPlaceBody(Struct, frozen=True):
    """A living registration; `held_for` consent: the guardian's is awaited."""

    id: UUID
    offer_id: UUID
    offer: Annotated[str, Meta(examples=["Cinq jours, cinq métiers à Pont-Audemer"])]
    status: Literal["waiting", "held", "confirmed"]
    held_for: str | None
    deadline: datetime | None
    position: int | None
    starts_at: datetime
    ends_at: datetime


class MeetingBody(Struct, frozen=True):
    """A session under way or to come."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    host: str
    place: str
    emergency_phone: str
    under_way: bool


class FollowedPupilBody(Struct, frozen=True):
    """A pupil; `elsewhere` is who has a registration that the asker may not see."""

    id: UUID
    first_name: str
    last_name: str
    class_name: str
    state: PupilState
    absent: bool
    listed: Annotated[bool, Meta(description="Whether they stand on the asker's list")]
    places: list[FollowedPlaceBody]
    next: MeetingBody | None


class FollowedPupilsBody(Struct, frozen=True):
    """A page of pupils, by class, who has nothing first; `next` is the key of the page that follows."""

    items: list[FollowedPupilBody]
    next: str | None


class ListPupilBody(Struct, frozen=True):
    """A pupil to put on one's list; the address only fills in a class form later."""

    first_name: str
    last_name: str
    class_name: str = ""
    email: Email | None = None


class PupilListBody(Struct, frozen=True):
    """Pupils to put on one's list."""

    pupils: Annotated[list[ListPupilBody], Meta(min_length=1, max_length=LISTED_AT_ONCE)]


class ListedBody(Struct, frozen=True):
    """How many of them are new on the list."""

    added: int


class VisitBody(Struct, frozen=True):
    """A visit as it stands: times and status follow the session. `version` is what If-Match compares."""

    id: UUID
    session_id: UUID
    offer: Annotated[str, Meta(examples=["Cinq jours, cinq métiers à Pont-Audemer"])]
    title: str
    host: str
    place: str
    starts_at: datetime
    ends_at: datetime
    note: str
    announced: bool
    status: Literal["planned", "cancelled"]
    version: int


class VisitsBody(Struct, frozen=True):
    """A page of visits by time; `next` is the key of the page that follows."""

    items: list[VisitBody]
    next: str | None


class PlanVisitBody(Struct, frozen=True):
    """When one is there; without a time, from the session's start, or where the visit was. `announced`: the host's page
    says that one comes.
    """

    starts_at: datetime | None = None
    minutes: Minutes | None = None
    note: Annotated[str, Meta(max_length=NOTE_AT_MOST)] = ""
    announced: bool = False


class WantedVisitBody(Struct, frozen=True):
    """A session to go to."""

    session_id: UUID
    starts_at: datetime | None = None
    minutes: Minutes | None = None


class WantedVisitsBody(Struct, frozen=True):
    """Sessions to go to."""

    visits: Annotated[list[WantedVisitBody], Meta(min_length=1, max_length=100)]


class KeptVisitBody(Struct, frozen=True):
    """What became of one; `visit` is null where it was refused, and `reason` and `detail` say why."""

    session_id: UUID
    visit: VisitBody | None
    reason: str | None = None
    detail: str | None = None


class KeptVisitsBody(Struct, frozen=True):
    """What became of each, in the order given."""

    items: list[KeptVisitBody]


class ProposedVisitBody(Struct, frozen=True):
    """A visit that is proposed and not planned; `pupils` would be seen."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    host: str
    place: str
    pupils: list[UUID]


class ProposalBody(Struct, frozen=True):
    """Visits that would see every pupil once, by time."""

    items: list[ProposedVisitBody]


def pupil_body(pupil: FollowedPupil, meeting: Meeting | None, *, under_way: bool) -> FollowedPupilBody:
    """A pupil as machines read them."""
    return FollowedPupilBody(
        id=pupil.id,
        first_name=pupil.first_name,
        last_name=pupil.last_name,
        class_name=pupil.class_name,
        state=pupil.state,
        absent=pupil.absent,
        listed=pupil.listed,
        places=[_place_body(place) for place in pupil.places],
        next=_meeting_body(meeting, under_way=under_way) if meeting else None,
    )


def visit_body(visit: Visit) -> VisitBody:
    """A visit as machines read it."""
    return VisitBody(
        id=visit.id,
        session_id=visit.session_id,
        offer=visit.offer_title,
        title=visit.title,
        host=visit.host,
        place=visit.where,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        note=visit.note,
        announced=visit.announced,
        status=visit.status,
        version=visit.version,
    )


def proposed_body(proposed: Proposed) -> ProposedVisitBody:
    """A proposed visit as machines read it."""
    meeting = proposed.stop.meeting
    return ProposedVisitBody(
        session_id=meeting.id,
        starts_at=proposed.starts_at,
        ends_at=proposed.ends_at,
        title=meeting.title,
        host=meeting.host,
        place=meeting.where,
        pupils=[pupil.id for pupil in proposed.stop.pupils],
    )


def _place_body(place: Place) -> FollowedPlaceBody:
    return FollowedPlaceBody(
        id=place.id,
        offer_id=place.offer_id,
        offer=place.offer_title,
        status=place.status,
        held_for=place.held_for,
        deadline=place.deadline,
        position=place.position,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
    )


def _meeting_body(meeting: Meeting, *, under_way: bool) -> MeetingBody:
    return MeetingBody(
        session_id=meeting.id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=meeting.title,
        host=meeting.host,
        place=meeting.where,
        emergency_phone=meeting.emergency_phone,
        under_way=under_way,
    )
