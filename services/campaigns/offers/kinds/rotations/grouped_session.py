"""The rotation that a programme already is: sessions of groups, written by hand or by a file."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.rotations.group_sizes import split_seats
from services.campaigns.offers.kinds.rotations.house import (
    GROUPS_AT_MOST,
    HALF_DAYS_AT_MOST,
    NAME_AT_MOST,
    PUPILS_AT_MOST,
    SERVICES_AT_MOST,
    Group,
    HalfDay,
    Service,
)
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from shared.languages import later
from shared.refusal import Refusal


class NoRotationInProgramme(Refusal):
    """The sessions of the groups do not make a grid: other hours, several houses, more than a grid holds."""

    reason: ClassVar[str] = "no-rotation-in-programme"

    def __init__(self) -> None:
        super().__init__(later("Les séances des groupes ne forment pas une grille : dessinez-en une nouvelle."))


class GroupedSession(Struct, frozen=True, kw_only=True):
    """A planned session of one group; `pupils_at_most` of its site, where it is known."""

    id: UUID
    group: str
    starts_at: datetime
    ends_at: datetime
    title: str
    host_id: UUID | None
    place: str
    room: str
    contact: str
    pupils_at_most: int | None


def rotation_of(sessions: Sequence[GroupedSession], *, seats: int) -> Rotation:
    """The rotation these sessions make, a title a service; raises `NoRotationInProgramme`.

    A service whose size nobody knows takes as many as it is shown to take.
    """
    names = sorted({session.group for session in sessions})
    times = sorted({(session.starts_at, session.ends_at) for session in sessions})
    titles = list(dict.fromkeys(session.title for session in sorted(sessions, key=lambda each: each.starts_at)))
    if (
        not 1 <= len(names) <= GROUPS_AT_MOST
        or not 1 <= len(titles) <= SERVICES_AT_MOST
        or len(times) > HALF_DAYS_AT_MOST
        or len({session.host_id for session in sessions}) > 1
        or any(later[0] < earlier[1] for earlier, later in pairwise(times))
        or max(len(title) for title in titles) > NAME_AT_MOST
        or max(len(name) for name in names) > 40
    ):
        raise NoRotationInProgramme
    cells: list[list[int | None]] = [[None] * len(times) for _ in names]
    for session in sessions:
        group, turn = names.index(session.group), times.index((session.starts_at, session.ends_at))
        if cells[group][turn] is not None:
            raise NoRotationInProgramme
        cells[group][turn] = titles.index(session.title)
    sizes = [min(size, PUPILS_AT_MOST) for size in split_seats(max(seats, 1), len(names))]
    last = sessions[-1]
    return Rotation(
        services=tuple(_service(title, index, sessions, cells, sizes) for index, title in enumerate(titles)),
        groups=tuple(Group(name=name, pupils=size) for name, size in zip(names, sizes, strict=True)),
        half_days=tuple(HalfDay(starts_at=start, ends_at=end) for start, end in times),
        cells=tuple(tuple(row) for row in cells),
        address=last.place[:200],
        contact=last.contact[:200],
    )


def _service(
    title: str, index: int, sessions: Sequence[GroupedSession], cells: list[list[int | None]], sizes: list[int]
) -> Service:
    own = [session for session in sessions if session.title == title]
    shown = max(
        sum(size for size, row in zip(sizes, cells, strict=True) if row[turn] == index) for turn in range(len(cells[0]))
    )
    known = [session.pupils_at_most for session in own if session.pupils_at_most is not None]
    return Service(
        name=title,
        pupils_at_most=min(PUPILS_AT_MOST, max(shown, min(known, default=shown))),
        room=own[0].room[:NAME_AT_MOST],
    )
