"""What an organiser needs to see of an offer and of the people in it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import RegistrationStatus


class ListedPupil(Struct, frozen=True, kw_only=True):
    """One living registration; `position` counts from 1 while waiting, `rank` orders all of the offer."""

    id: UUID
    rank: int
    status: RegistrationStatus
    position: int | None
    deadline: datetime | None
    created_at: datetime
    first_name: str
    last_name: str
    email: str | None
    guardian_name: str | None
    guardian_email: str | None
    school_name: str
    class_name: str
    group: str
