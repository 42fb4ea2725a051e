"""The part of the contract about webinars to which an organisation invites the people it knows in schools.

A field may be added with a default; anything else is a new tag (see `shared.events`).
"""

from datetime import datetime
from uuid import UUID

from shared.changes import FieldChange
from shared.notice import Notice


class WebinarNotice(Notice, frozen=True, kw_only=True):
    """A webinar as it stood when the fact happened; `source` says which list the addresses are from."""

    webinar_id: UUID
    sequence: int
    organisation: str
    title: str
    starts_at: datetime
    ends_at: datetime
    link: str
    word: str = ""
    source: str


class WebinarInvited(WebinarNotice, frozen=True, kw_only=True, tag="webinar.invited"):
    """An organisation invites people to a webinar; `word` is what a planner adds."""


class WebinarChanged(WebinarNotice, frozen=True, kw_only=True, tag="webinar.changed"):
    """Its title, its hours or its link are others now: those invited are told what was before and what is after."""

    changes: tuple[FieldChange, ...]


class WebinarCancelled(WebinarNotice, frozen=True, kw_only=True, tag="webinar.cancelled"):
    """It does not take place: whoever was invited is told, also who wants no more invitations."""


Webinar = WebinarInvited | WebinarChanged | WebinarCancelled
