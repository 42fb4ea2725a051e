"""A proposal of visits: day by day, by time and distance, each pupil seen once, never in two places at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.campaigns.teaching.pupil import FollowedPupil, Meeting
from services.campaigns.teaching.visits.visit import LASTS, Position, Visit, position_of
from shared.french_dates import PARIS

# the group has arrived; where the way is not known it is taken for half an hour
AFTER_START = timedelta(minutes=15)
UNKNOWN_WAY = timedelta(minutes=30)
MOST_A_DAY = 5
STEP = 5


class Stop(Struct, frozen=True, kw_only=True):
    """A session that may be visited, and the teacher's pupils who are at it."""

    meeting: Meeting
    pupils: tuple[FollowedPupil, ...]

    @property
    def id(self) -> UUID:
        """The session's."""
        return self.meeting.id


class Proposed(Struct, frozen=True, kw_only=True):
    """A visit that is proposed and not planned."""

    stop: Stop
    starts_at: datetime
    ends_at: datetime


class _Busy(Struct, frozen=True):
    starts_at: datetime
    ends_at: datetime
    position: Position


def can_be_visited(meeting: Meeting) -> bool:
    """Whether there is somewhere to go: no meal, nothing that is online alone."""
    return meeting.kind != "meal" and (not meeting.online or bool(meeting.place or meeting.room))


def propose_visits(stops: Sequence[Stop], visits: Sequence[Visit], *, now: datetime) -> list[Proposed]:
    """What to add to the visits planned, so that every pupil is seen once as far as days allow; in order of time.

    Of what can be reached next, the earliest is taken; then the nearest; then where most pupils are who are not seen
    yet. No day has more than five visits.
    """
    planned = [visit for visit in visits if visit.planned]
    visited = {visit.session_id for visit in planned}
    seen = {pupil.id for stop in stops if stop.id in visited for pupil in stop.pupils}
    proposed: list[Proposed] = []
    left = [stop for stop in stops if stop.id not in visited and _lasts_long(stop.meeting)]
    for day in sorted({stop.meeting.date for stop in left}):
        busy = [_Busy(one.starts_at, one.ends_at, position_of(one)) for one in planned if one.date == day]
        of_day = [stop for stop in left if stop.meeting.date == day]
        while len(busy) < MOST_A_DAY:
            found = _next(of_day, busy, seen, now)
            if found is None:
                break
            proposed.append(found)
            busy.append(_Busy(found.starts_at, found.ends_at, _position(found.stop)))
            seen |= {pupil.id for pupil in found.stop.pupils}
    return sorted(proposed, key=lambda one: (one.starts_at, one.stop.id))


def _next(stops: Sequence[Stop], busy: Sequence[_Busy], seen: set[UUID], now: datetime) -> Proposed | None:
    choices = []
    for stop in stops:
        fresh = sum(pupil.id not in seen for pupil in stop.pupils)
        starts_at = _earliest(stop, busy, now) if fresh else None
        if starts_at is not None:
            ends_at = starts_at + LASTS
            choices.append(((starts_at, _distance(stop, starts_at, busy), -fresh, stop.id), ends_at, stop))
    if not choices:
        return None
    (starts_at, *_rest), ends_at, stop = min(choices)
    return Proposed(stop=stop, starts_at=starts_at, ends_at=ends_at)


def _earliest(stop: Stop, busy: Sequence[_Busy], now: datetime) -> datetime | None:
    """The first time within the session at which the teacher can be there, and still be in time for what follows."""
    meeting = stop.meeting
    spare = meeting.ends_at - meeting.starts_at - LASTS
    starts_at = max(meeting.starts_at + min(AFTER_START, spare), _round_up(now))
    for other in sorted(busy, key=lambda one: one.starts_at):
        way = _way(other.position, _position(stop))
        if starts_at < other.ends_at + way and other.starts_at < starts_at + LASTS + way:
            starts_at = _round_up(other.ends_at + way)
    return starts_at if starts_at + LASTS <= meeting.ends_at else None


def _lasts_long(meeting: Meeting) -> bool:
    """Whether a visit fits into it: nobody is sent to a welcome of a quarter of an hour."""
    return meeting.ends_at - meeting.starts_at >= LASTS


def _distance(stop: Stop, starts_at: datetime, busy: Sequence[_Busy]) -> float:
    before = [one for one in busy if one.ends_at <= starts_at]
    way = max(before, key=lambda one: one.ends_at).position.to(_position(stop)) if before else None
    return way[0] if way else 0.0


def _position(stop: Stop) -> Position:
    return Position(stop.meeting.latitude, stop.meeting.longitude)


def _way(one: Position, other: Position) -> timedelta:
    way = one.to(other)
    return way[1] if way else UNKNOWN_WAY


def _round_up(moment: datetime) -> datetime:
    """The next five minutes on a clock in Paris."""
    local = moment.astimezone(PARIS)
    late = timedelta(minutes=local.minute % STEP, seconds=local.second, microseconds=local.microsecond)
    return moment + (timedelta(minutes=STEP) - late if late else late)
