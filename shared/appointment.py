"""An appointment: one session as the people need to know it who are told of it alone."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Appointment(Struct, frozen=True, kw_only=True):
    """One session as its host or speaker needs to know it."""

    session_id: UUID
    offer: str
    organisation: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    room: str = ""
    contact: str = ""
    meeting_point: str = ""
    expected: str = ""
    pupils: int = 0
