"""A session as the tables keep it, wanted by a file or stored: how the two are compared."""

import unicodedata
from collections.abc import Mapping
from datetime import date as Date
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.programme_file import Place
from shared.events import FieldChange
from shared.french_dates import PARIS
from shared.programme import SessionKind

# what people see of a session; a change of one of MOVING raises the session's SEQUENCE (time, place, host)
SHOWN = (
    "starts_at", "ends_at", "title", "kind", "sector", "host", "place", "room", "group", "speakers", "contact",
    "meeting_point", "access", "bring", "online_url",
)  # fmt: skip
MOVING = {"starts_at", "ends_at", "host", "place", "room", "online_url"}


class SessionRow(Struct, frozen=True, kw_only=True):
    """Ids and texts of a session. `said_at` is where a file says it; a stored one has an id and a day."""

    id: UUID
    day_id: UUID | None = None
    said_at: Place = Place(0)
    date: Date
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    sector: str = ""
    host_id: UUID | None = None
    host: str = ""
    site_id: UUID | None = None
    place: str = ""
    room: str = ""
    group: str = ""
    group_id: UUID | None = None
    speaker_ids: frozenset[UUID] = frozenset()
    speakers: tuple[str, ...] = ()
    contact: str = ""
    meeting_point: str = ""
    access: str = ""
    bring: str = ""
    online_url: str = ""


class ChangedSession(Struct, frozen=True):
    """A recognised session before and after, and what people see of the difference."""

    before: SessionRow
    after: SessionRow
    changes: tuple[FieldChange, ...]

    @property
    def moves(self) -> bool:
        """Whether the session's own SEQUENCE rises: its time, place or host changed."""
        return any(change.field in MOVING for change in self.changes)


def differences(before: SessionRow, after: SessionRow, sectors: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Field by field what changed, in the order people read it. `sectors`: code → the label that people are shown."""
    return tuple(
        FieldChange(field=field, before=was, after=now)
        for field in SHOWN
        if (was := _shown(before, field, sectors)) != (now := _shown(after, field, sectors))
    )


def _shown(session: SessionRow, field: str, sectors: Mapping[str, str]) -> str:
    if field == "sector":
        return sectors.get(session.sector, session.sector)
    value = getattr(session, field)
    if isinstance(value, datetime):
        return value.astimezone(PARIS).isoformat()
    return ", ".join(map(same_text, value)) if isinstance(value, tuple) else same_text(value)


def same_text(text: str) -> str:
    """A text as a file can say it: composed letters, one space between words; equal texts are no change."""
    return "\n".join(" ".join(line.split()) for line in unicodedata.normalize("NFC", text).strip().splitlines())
