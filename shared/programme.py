"""The programme of an offer as it stood at one version: what mails, invitations and pages tell of it."""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

SessionKind = Literal["welcome", "visit", "workshop", "testimony", "debrief", "meal"]


class ProgrammeSession(Struct, frozen=True, kw_only=True):
    """One thing at one time and place. Times are aware (UTC or Europe/Paris); `sequence` is the session's own."""

    id: UUID
    group_id: UUID | None = None
    group: str = ""
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    host_id: UUID | None = None
    host: str = ""
    place: str = ""
    room: str = ""
    latitude: float | None = None
    longitude: float | None = None
    contact: str = ""
    meeting_point: str = ""
    access: str = ""
    bring: str = ""
    online_url: str | None = None
    speakers: tuple[str, ...] = ()
    sequence: int = 0
    status: Literal["planned", "cancelled"] = "planned"
    changed_at: datetime


class ProgrammeDay(Struct, frozen=True, kw_only=True):
    """A day: its date, its sector, and the date of the series' instance it stands for (RECURRENCE-ID)."""

    id: UUID
    date: Date
    instance_on: Date
    sector: str | None = None
    sector_label: str = ""
    sector_family: str = ""
    sessions: tuple[ProgrammeSession, ...] = ()


class Programme(Struct, frozen=True, kw_only=True):
    """The whole programme; days by date, sessions by start, cancelled sessions included."""

    offer_id: UUID
    version: int
    slug: str
    kind: Literal["collective_week", "hosting", "workshop", "information_morning"]
    title: str
    summary: str = ""
    city: str = ""
    contact: str = ""
    organisation_id: UUID
    organisation: str
    campaign: str = ""
    # start and end of the series' first instance, fixed when the offer is published
    series_starts_at: datetime
    series_ends_at: datetime
    days: tuple[ProgrammeDay, ...] = ()

    def of_group(self, group_id: UUID | None) -> tuple[ProgrammeDay, ...]:
        """The days with the planned sessions of one group and of all; days left without a session are not in it."""
        days = []
        for day in self.days:
            sessions = tuple(
                session
                for session in day.sessions
                if session.status == "planned" and (group_id is None or session.group_id in (None, group_id))
            )
            if sessions:
                days.append(
                    ProgrammeDay(
                        id=day.id,
                        date=day.date,
                        instance_on=day.instance_on,
                        sector=day.sector,
                        sector_label=day.sector_label,
                        sector_family=day.sector_family,
                        sessions=sessions,
                    )
                )
        return tuple(days)
