"""Explore a model whole: each state it can reach, by breadth, so that what breaks a promise is found by a short way."""

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple, TypeVar

State = TypeVar("State", bound=Hashable)
Steps = Callable[[State], Iterator[tuple[str, State]]]


class Explored(NamedTuple):
    """How many states there are, and what breaks the promise, if anything: the steps that lead there, and the words."""

    states: int
    broken: str
    steps: tuple[str, ...]


def explore(start: State, steps: Steps[State], promise: Callable[[State], str], *, most: int = 500_000) -> Explored:
    """Every state from `start`; `promise` says of a state what is wrong with it, or nothing.

    Stops at the first state that breaks the promise. Raises `OverflowError` beyond `most` states: a model that cannot
    be seen whole shows nothing.
    """
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    front = [start]
    while front:
        found: list[State] = []
        for state in front:
            if wrong := promise(state):
                return Explored(len(came_from), wrong, _way(state, came_from))
            for name, after in steps(state):
                if after not in came_from:
                    came_from[after] = (state, name)
                    found.append(after)
        if len(came_from) > most:
            raise OverflowError(f"more than {most} states")
        front = found
    return Explored(len(came_from), "", ())


def _way(state: State, came_from: dict[State, tuple[State, str] | None]) -> tuple[str, ...]:
    way: list[str] = []
    while (before := came_from[state]) is not None:
        state, name = before
        way.append(name)
    return tuple(reversed(way))
