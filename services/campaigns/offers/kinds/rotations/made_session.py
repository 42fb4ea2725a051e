"""A session that the rotation made earlier, and what becomes of it when the rotation is applied anew."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.rotations.wanted_session import WantedSession
from shared.changes import FieldChange


class MadeSession(Struct, frozen=True, kw_only=True):
    """What is compared of it; a group that was taken off is empty."""

    id: UUID
    day_id: UUID
    group: str | None
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    room: str

    @property
    def key(self) -> tuple[str, datetime, datetime]:
        """As of a wanted session."""
        return (self.group or "", self.starts_at, self.ends_at)

    def changes_to(self, wanted: WantedSession) -> tuple[FieldChange, ...]:
        """What people are shown of the change, field by field."""
        pairs = (
            ("title", self.title, wanted.service),
            ("place", self.place, wanted.place),
            ("room", self.room, wanted.room),
        )
        return tuple(
            FieldChange(field=field, before=before, after=after) for field, before, after in pairs if before != after
        )
