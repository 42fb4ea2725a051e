"""Profiles on demand: what each process of a round spends its time on, as tables and as files for a viewer.

cProfile sees the thread of the event loop alone, and makes small functions look dearer than they are: it says where
to look, `make bench` says what was gained.
"""

import pstats
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table

# the variable that makes a process of the bench write its profile into this folder
PROFILES = "QUINZAINE_BENCH_PROFILES"
SHOWN = 25
# the event loop waits in here: nothing is spent
_WAITING = ("run_until_complete", "run_forever", "method 'poll'", "select.epoll", "<built-in method select")


class Cost(Struct, frozen=True, kw_only=True):
    """One function: calls, seconds in it, seconds in it and all it calls."""

    name: str
    calls: int
    own: float
    whole: float


def profiled(module: tuple[str, ...], folder: str) -> tuple[str, ...]:
    """The arguments of Python that run this module and write its profile when it ends."""
    name = "-".join(module).replace(".", "-")
    number = sum(1 for _ in Path(folder).glob(f"{name}-*.prof"))
    return ("-m", "cProfile", "-o", str(Path(folder) / f"{name}-{number}.prof"), "-m", *module)


def read_costs(file: Path) -> list[Cost]:
    """The functions of a profile, the dearest (by its own seconds) first."""
    found = pstats.Stats(str(file)).stats  # type: ignore[attr-defined]  # there in every version, in no stub
    costs = [
        Cost(name=_name(*where), calls=calls, own=own, whole=whole)
        for where, (_, calls, own, whole, _) in found.items()
        if not any(waiting in where[2] for waiting in _WAITING)
    ]
    return sorted(costs, key=lambda cost: -cost.own)


def show_profiles(folder: Path, console: Console) -> None:
    """Two tables a process: the dearest functions by themselves, and our own with all they call."""
    for file in sorted(folder.glob("*.prof")):
        costs = read_costs(file)
        ours = sorted((cost for cost in costs if _is_ours(cost.name)), key=lambda cost: -cost.whole)
        whole = sum(cost.own for cost in costs)
        for title, shown in (("by their own time", costs[:SHOWN]), ("ours, with what they call", ours[:SHOWN])):
            table = Table(title=f"{file.stem}: {title} ({whole:.1f} s in all)", title_justify="left")
            for column in ("own s", "own", "whole s", "calls", "function"):
                table.add_column(column, justify="left" if column == "function" else "right")
            for cost in shown:
                share = cost.own / whole if whole else 0.0
                table.add_row(f"{cost.own:.2f}", f"{share:.0%}", f"{cost.whole:.2f}", f"{cost.calls:,}", cost.name)
            console.print(table)
    console.print(f"For a viewer: {folder}", soft_wrap=True)


def _name(path: str, line: int, function: str) -> str:
    if path == "~":
        return function
    parts = Path(path).parts
    start = next((at for at, part in enumerate(parts) if part in ("services", "shared", "infra")), len(parts) - 2)
    return f"{'/'.join(parts[max(start, 0) :])}:{line} {function}"


def _is_ours(name: str) -> bool:
    return name.startswith(("services/", "shared/", "infra/"))
