"""The part of the contract about schools that are told what is near them before anybody registers, and of webinars.

A field may be added with a default; anything else is a new tag (see `shared.events`).
"""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.notice import Notice
from shared.webinars import Webinar


class NearOffer(Struct, frozen=True, kw_only=True):
    """An offer as it stood when the fact happened. `kilometres` from the school's town, as the crow flies.

    Of one of a single day, `starts_at` and `ends_at` say its hours. `free` are seats a newcomer gets at once.
    """

    title: str
    slug: str
    city: str
    kilometres: int
    first: Date | None = None
    last: Date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    state: Literal["open", "full", "not_yet"]
    opens_at: datetime | None = None
    seats: int
    taken: int
    held: int = 0
    free: int = 0


class OffersAnnounced(Notice, frozen=True, kw_only=True, tag="offers.announced"):
    """An organisation tells the people it knows in one school which offers of a campaign are near it.

    `school` is its name and town, `near` the town as it is searched for; `more` offers are not in `offers`. `source`
    says which list the addresses are from, `word` is what a planner adds.
    """

    announcement_id: UUID
    organisation: str
    campaign: str
    # None in a fact older than the field
    campaign_id: UUID | None = None
    first: Date
    last: Date
    school: str
    near: str
    offers: tuple[NearOffer, ...]
    more: int = 0
    word: str = ""
    source: str


Announcement = OffersAnnounced | Webinar
