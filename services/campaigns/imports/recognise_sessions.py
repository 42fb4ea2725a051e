"""Which session of a file is which session of the database: the same thing, edited, keeps its id."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from msgspec import Struct

from services.campaigns.imports.session_row import SessionRow

Key = Callable[[SessionRow], Hashable | None]

# Each round compares what is still without a partner; None takes no part. First what is the same, then what has
# one thing changed: its time within the day, its title, its day, its host.
ROUNDS: tuple[Key, ...] = (
    lambda s: (s.date, s.starts_at, s.host_id, s.title, s.group),
    lambda s: (s.date, s.starts_at, s.host_id, s.title),
    lambda s: (s.date, s.host_id, s.title, s.group) if s.host_id else None,
    lambda s: (s.date, s.starts_at, s.host_id, s.group) if s.host_id else None,
    lambda s: (s.date, s.host_id, s.group) if s.host_id else None,
    lambda s: (s.host_id, s.title, s.group) if s.host_id else None,
    lambda s: (s.date, s.starts_at, s.title, s.group),
    lambda s: (s.date, s.title, s.group),
    lambda s: (s.date, s.starts_at, s.group),
)


class Recognised(Struct, frozen=True):
    """Pairs (stored, wanted), and those without a partner: stored ones are gone, wanted ones are new."""

    pairs: tuple[tuple[SessionRow, SessionRow], ...]
    gone: tuple[SessionRow, ...]
    new: tuple[SessionRow, ...]


def recognise_sessions(stored: Sequence[SessionRow], wanted: Sequence[SessionRow]) -> Recognised:
    """Pair each wanted session with at most one stored session; the same input gives the same pairs.

    Round by round (see `ROUNDS`), sessions whose keys are equal become pairs: the earliest with the earliest (start,
    end, group, title), then the next. So an untouched session always keeps its partner, a session moved within its day
    is known by host and title, a retitled one by host and time, one moved to another day by host and title, and one
    whose host withdrew by its time and group. What no round pairs is new, or gone.
    """
    left, right = sorted(stored, key=_order), sorted(wanted, key=_order)
    pairs: list[tuple[SessionRow, SessionRow]] = []
    for key in ROUNDS:
        waiting: dict[Hashable, list[SessionRow]] = defaultdict(list)
        for session in left:
            if (value := key(session)) is not None:
                waiting[value].append(session)
        without: list[SessionRow] = []
        paired = set()
        for session in right:
            value = key(session)
            if value is not None and waiting.get(value):
                partner = waiting[value].pop(0)
                paired.add(partner.id)
                pairs.append((partner, session))
            else:
                without.append(session)
        left, right = [session for session in left if session.id not in paired], without
    return Recognised(tuple(pairs), tuple(left), tuple(right))


def _order(session: SessionRow) -> tuple[object, ...]:
    return session.starts_at, session.ends_at, session.group, session.title, session.id.int
