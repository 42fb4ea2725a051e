"""The timetable of a day: what all do together, and the lanes of the groups that do different things meanwhile."""

from collections.abc import Iterable

from msgspec import Struct

from shared.programme import ProgrammeDay, ProgrammeSession


class Block(Struct, frozen=True):
    """A stretch of a day: lanes side by side, each with the group's name; one lane without a name is for all."""

    lanes: tuple[tuple[str, tuple[ProgrammeSession, ...]], ...]


def blocks_of(sessions: Iterable[ProgrammeSession]) -> list[Block]:
    """A day's sessions, in order, cut wherever all come together."""
    blocks: list[Block] = []
    lanes: dict[str, list[ProgrammeSession]] = {}
    for session in sessions:
        if lanes and ("" in lanes) != (session.group == ""):
            blocks.append(_block(lanes))
            lanes = {}
        lanes.setdefault(session.group, []).append(session)
    if lanes:
        blocks.append(_block(lanes))
    return blocks


def hosts_of(day: ProgrammeDay) -> list[str]:
    """Each host of a day's planned sessions once, in order."""
    return list(dict.fromkeys(s.host for s in day.sessions if s.host and s.status == "planned"))


def places_of(day: ProgrammeDay) -> list[str]:
    """Each place of a day's planned sessions once, in order."""
    return list(dict.fromkeys(s.place for s in day.sessions if s.place and s.status == "planned"))


def _block(lanes: dict[str, list[ProgrammeSession]]) -> Block:
    return Block(tuple((group, tuple(sessions)) for group, sessions in sorted(lanes.items())))
