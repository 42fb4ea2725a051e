"""The part of the contract about what is told ahead of time, or in sum: who comes soon, what a day or a week brought,
that a campaign is public.

A field may be added with a default; anything else is a new tag (see `shared.events`).
"""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.appointment import Appointment
from shared.notice import Notice


class PromiseDrewNear(Notice, frozen=True, kw_only=True, tag="promise.drew_near"):
    """A session that a host or a speaker has promised is in a few days: so many pupils are `coming`.

    `pupil_ids` are they, where their names are shared with the host; the mail says first names.
    """

    request_id: UUID
    token_version: int = 1
    keeper: Literal["host", "speaker"]
    promised_by: str
    appointment: Appointment
    coming: int
    pupil_ids: tuple[UUID, ...] = ()


class Newcomers(Struct, frozen=True, kw_only=True):
    """How many registered for an offer since the last summary, and how many of them wait."""

    offer: str
    slug: str
    registered: int
    waiting: int = 0


class SummedNeed(Struct, frozen=True, kw_only=True):
    """One thing to do: `count` of a `kind` (host_awaited, seat_held …) about an offer or campaign, by a time."""

    kind: str
    title: str
    count: int
    by: datetime | None = None


class MorningSummed(Notice, frozen=True, kw_only=True, tag="morning.summed"):
    """What a planner has to know in the morning: figures alone. `edition` is of a day or of a week."""

    edition: Literal["daily", "weekly"]
    organisation: str
    newcomers: tuple[Newcomers, ...] = ()
    needs: tuple[SummedNeed, ...] = ()


class PlacedPupils(Struct, frozen=True, kw_only=True):
    """Pupils of one teacher who have a seat in one offer."""

    offer: str
    pupil_ids: tuple[UUID, ...]


class PupilsSummed(Notice, frozen=True, kw_only=True, tag="pupils.summed"):
    """What a teacher has to know of the pupils: who has nothing, who waits or has to answer, who is where."""

    edition: Literal["daily", "weekly"]
    organisation: str
    first: Date
    last: Date
    without: tuple[UUID, ...] = ()
    waiting: tuple[UUID, ...] = ()
    placed: tuple[PlacedPupils, ...] = ()

    @property
    def pupil_ids(self) -> tuple[UUID, ...]:
        """Everybody it speaks of, once."""
        placed = (pupil_id for each in self.placed for pupil_id in each.pupil_ids)
        return tuple(dict.fromkeys((*self.without, *self.waiting, *placed)))


class CampaignPublished(Notice, frozen=True, kw_only=True, tag="campaign.published"):
    """The first offers of a campaign are public: told to the members of those who carry it."""

    campaign: str
    # None in a fact older than the field
    campaign_id: UUID | None = None
    slug: str
    lead: str
    first: Date
    last: Date
    offers: int
    partners: tuple[str, ...] = ()


AdvanceNotice = PromiseDrewNear | MorningSummed | PupilsSummed | CampaignPublished
