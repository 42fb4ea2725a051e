"""A visit: a teacher at a session, for a while; it moves with the session, and is off where the session is."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from datetime import datetime, timedelta
from itertools import pairwise
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.builder.distances import kilometres, travel_time
from services.campaigns.offers.time_law import say_duration
from shared.french_dates import PARIS, say_date, say_times
from shared.languages import _, later
from shared.refusal import Refusal

LASTS = timedelta(minutes=30)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=4)
NEXT_DOOR_KM = 0.3
NOTE_AT_MOST = 300


class UnknownVisit(Refusal):
    """No session of this id has a pupil of the asker, or no visit of it is planned."""

    reason: ClassVar[str] = "unknown-visit"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Aucun de vos élèves n’est attendu à cette séance."))


class VisitOff(Refusal):
    """The session does not take place, or is over."""

    reason: ClassVar[str] = "visit-off"

    def __init__(self) -> None:
        super().__init__(later("Cette séance est annulée ou terminée : il n’y a plus de visite à y prévoir."))


class VisitOutside(Refusal):
    """The visit is not within its session."""

    reason: ClassVar[str] = "visit-outside"
    status: ClassVar[int] = 422

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(
            later(
                "La visite doit tenir dans la séance : {when}.",
                when=lambda: f"{say_date(starts_at)}, {say_times(starts_at, ends_at)}",
            ),
            field="starts_at",
        )


class VisitClash(Refusal):
    """The teacher is elsewhere at that time."""

    reason: ClassVar[str] = "visit-clash"

    def __init__(self, other: str, starts_at: datetime, ends_at: datetime) -> None:
        super().__init__(
            later(
                "Vous êtes déjà attendu chez {other}, {when}.",
                other=other,
                when=lambda: f"{say_date(starts_at)}, {say_times(starts_at, ends_at)}",
            ),
            field="starts_at",
        )


class VisitChangedMeanwhile(Refusal):
    """The visit was changed since it was read (If-Match)."""

    reason: ClassVar[str] = "visit-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(later("Cette visite a été modifiée entre-temps."))


class Visit(Struct, frozen=True, kw_only=True):
    """A visit as it stands now; `status` is `cancelled` where the session does not take place or it was removed."""

    id: UUID
    session_id: UUID
    offer_slug: str
    offer_title: str
    title: str
    host_id: UUID | None
    host: str
    place: str
    room: str
    contact: str
    latitude: float | None
    longitude: float | None
    emergency_phone: str
    session_starts_at: datetime
    session_ends_at: datetime
    starts_at: datetime
    ends_at: datetime
    note: str
    announced: bool
    status: Literal["planned", "cancelled"]
    removed: bool
    sequence: int
    version: int
    changed_at: datetime

    @property
    def date(self) -> Date:
        """Its day in Paris."""
        return self.starts_at.astimezone(PARIS).date()

    @property
    def planned(self) -> bool:
        """Whether the teacher goes there."""
        return self.status == "planned"

    @property
    def whom(self) -> str:
        """The company, or the session where nobody hosts it."""
        return self.host or self.title

    @property
    def where(self) -> str:
        """Address and room."""
        return ", ".join(filter(None, (self.place, self.room)))

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return round((self.ends_at - self.starts_at) / timedelta(minutes=1))


class Doubt(Struct, frozen=True):
    """What does not go together in a plan: two visits, and why; `visit_id` is the later one."""

    visit_id: UUID
    sentence: str


class Position(Struct, frozen=True):
    """Where something is; both None where nobody knows."""

    latitude: float | None
    longitude: float | None

    def to(self, other: "Position") -> tuple[float, timedelta] | None:
        """Distance in km and the time it takes at 40 km/h in a straight line; None where one is not known."""
        if None in (self.latitude, self.longitude, other.latitude, other.longitude):
            return None
        distance = kilometres(
            (self.latitude, self.longitude),  # type: ignore[arg-type]  # none of the four is None
            (other.latitude, other.longitude),  # type: ignore[arg-type]
        )
        return distance, timedelta() if distance < NEXT_DOOR_KM else travel_time(distance)


def fit(
    session_starts_at: datetime, session_ends_at: datetime, after_start: timedelta, lasts: timedelta
) -> tuple[datetime, datetime]:
    """When a visit is, within a session that may have become shorter since."""
    lasts = min(lasts, session_ends_at - session_starts_at)
    starts_at = min(session_starts_at + after_start, session_ends_at - lasts)
    return starts_at, starts_at + lasts


def find_doubts(visits: Sequence[Visit]) -> list[Doubt]:
    """Visits that are at once, or too far from each other for the time between; the builder's rule, 40 km/h."""
    planned = sorted((visit for visit in visits if visit.planned), key=lambda one: (one.starts_at, one.id))
    return [Doubt(after.id, sentence) for before, after in pairwise(planned) for sentence in _between(before, after)]


def _between(before: Visit, after: Visit) -> Iterator[str]:
    if before.ends_at > after.starts_at:
        yield _("Vous seriez en même temps chez {other}.", other=before.whom)
        return
    way = position_of(before).to(position_of(after))
    free = after.starts_at - before.ends_at
    if before.date != after.date or way is None or way[1] <= free:
        return
    yield _(
        "{distance} km depuis {other} : il faut {needed} à 40 km/h, et il y a {free}.",
        distance=max(1, round(way[0])),
        other=before.whom,
        needed=say_duration(way[1]),
        free=say_duration(free),
    )


def position_of(visit: Visit) -> Position:
    """Where a visit is."""
    return Position(visit.latitude, visit.longitude)
