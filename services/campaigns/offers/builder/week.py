"""The programme as a planner draws it: days, groups and sessions, with what is still open about each."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.offer import OfferKind, OfferStatus
from services.campaigns.offers.time_law import Presence, hours_of
from shared.programme import SessionKind

EARLIEST_HOUR, LATEST_HOUR = 8, 18
STEP_MINUTES = 15

RequestStatus = Literal["awaited", "confirmed", "proposed", "declined", "withdrawn", "replaced"]


class BuiltSession(Struct, frozen=True, kw_only=True):
    """One session as its planner sees it. Times are in Europe/Paris; `pupils` is how many would come."""

    id: UUID
    day_id: UUID
    group_id: UUID | None
    group: str
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    host_id: UUID | None
    host: str
    site_id: UUID | None
    site: str
    place: str
    room: str
    contact: str
    meeting_point: str
    access: str
    bring: str
    expected: str
    online_url: str
    status: Literal["planned", "cancelled"]
    sequence: int
    version: int
    changed_at: datetime
    latitude: float | None
    longitude: float | None
    pupils: int
    pupils_at_most: int | None
    request: RequestStatus | None
    answer_by: datetime | None
    speakers: tuple[str, ...] = ()

    @property
    def planned(self) -> bool:
        """Whether it takes place."""
        return self.status == "planned"


class BuiltDay(Struct, frozen=True, kw_only=True):
    """A day with its sessions in order of start, cancelled ones included."""

    id: UUID
    date: Date
    sector: str | None
    sector_label: str
    sector_family: str
    emergency_phone: str
    version: int = 1
    sessions: tuple[BuiltSession, ...] = ()

    @property
    def planned(self) -> tuple[BuiltSession, ...]:
        """What takes place that day."""
        return tuple(session for session in self.sessions if session.planned)


class BuiltGroup(Struct, frozen=True, kw_only=True):
    """A group; `pupils` have a seat in it, `sessions` are its own."""

    id: UUID
    name: str
    pupils: int
    sessions: int
    version: int = 1


class Week(Struct, frozen=True, kw_only=True):
    """An offer's whole programme; days by date, groups by name. Mostly one week, sometimes two."""

    offer_id: UUID
    organisation_id: UUID
    slug: str
    title: str
    kind: OfferKind
    status: OfferStatus
    city: str
    seats: int
    taken: int
    waiting: int
    first_day: Date
    days: tuple[BuiltDay, ...]
    groups: tuple[BuiltGroup, ...]

    @property
    def public(self) -> bool:
        """Whether changes are told to people: the offer is, or was, published."""
        return self.status != "draft"

    @property
    def editable(self) -> bool:
        """Whether anything of it may still change."""
        return self.status not in ("cancelled", "over")

    @property
    def sessions(self) -> Iterator[BuiltSession]:
        """Every session, day by day."""
        return (session for day in self.days for session in day.sessions)

    @property
    def lanes(self) -> int:
        """How many lanes a day has: one a group, or one for everybody."""
        return max(1, len(self.groups))

    def lane_of(self, session: BuiltSession) -> int:
        """The lane of a session, from 1; 0 for one that spans all."""
        ids = [group.id for group in self.groups]
        return ids.index(session.group_id) + 1 if session.group_id in ids else 0

    @property
    def hours(self) -> range:
        """The hours that are drawn: 8 to 18, more where sessions are earlier or later."""
        first = min((s.starts_at.hour for s in self.sessions), default=EARLIEST_HOUR)
        last = max((s.ends_at.hour + bool(s.ends_at.minute) for s in self.sessions), default=LATEST_HOUR)
        return range(min(first, EARLIEST_HOUR), max(last, LATEST_HOUR))

    @property
    def weeks(self) -> tuple[tuple[BuiltDay, ...], ...]:
        """The days week by week, as calendars count them."""
        found: dict[tuple[int, int], list[BuiltDay]] = {}
        for day in self.days:
            year, number, _ = day.date.isocalendar()
            found.setdefault((year, number), []).append(day)
        return tuple(tuple(days) for days in found.values())

    @property
    def full(self) -> bool:
        """Whether the template has nothing to fill: every day has something."""
        return bool(self.days) and all(day.planned for day in self.days)

    @property
    def next_date(self) -> Date:
        """The working day after the last one, or the first of the campaign."""
        if not self.days:
            return self.first_day
        date = self.days[-1].date + timedelta(days=1)
        while date.weekday() > 4:
            date += timedelta(days=1)
        return date

    @property
    def phone(self) -> str:
        """The emergency number that the other days have, the last first."""
        return next((day.emergency_phone for day in reversed(self.days) if day.emergency_phone), "")

    def day_of(self, date: Date) -> BuiltDay | None:
        """The day of a date, if it is in the programme."""
        return next((day for day in self.days if day.date == date), None)

    def session(self, session_id: UUID) -> BuiltSession | None:
        """A session by its id."""
        return next((session for session in self.sessions if session.id == session_id), None)

    def attended(self, group_id: UUID | None, day: BuiltDay) -> tuple[BuiltSession, ...]:
        """What a pupil of a group attends on a day; of any group where `group_id` is None and there are none."""
        return tuple(s for s in day.planned if s.group_id in (None, group_id))

    def hours_of_day(self, group_id: UUID | None, day: BuiltDay) -> timedelta:
        """The time a pupil of the group spends in sessions that day, meals left out."""
        return hours_of(presences_of(self.attended(group_id, day)))

    def hours_of_group(self, group_id: UUID | None, days: tuple[BuiltDay, ...]) -> timedelta:
        """The same over days."""
        return sum((self.hours_of_day(group_id, day) for day in days), timedelta())

    @property
    def group_ids(self) -> tuple[UUID | None, ...]:
        """The groups a pupil can be in; one None where the offer has no groups."""
        return tuple(group.id for group in self.groups) or (None,)


def presences_of(sessions: tuple[BuiltSession, ...]) -> list[Presence]:
    """Sessions as the time law asks for them, marked by their index."""
    return [
        Presence(mark=index, starts_at=s.starts_at, ends_at=s.ends_at, meal=s.kind == "meal")
        for index, s in enumerate(sessions)
    ]
