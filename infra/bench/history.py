"""The history: a line a run, with its day, its commit, its machine and its ratios."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from infra.bench.figures import Figure, Span
from infra.bench.machine import Machine

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / "docs" / "figures" / "history.jsonl"
CHART = ROOT / "docs" / "figures" / "chart.svg"


class Kept(Struct, frozen=True, kw_only=True):
    """A ratio of a run, and the least it should be, where there is a goal."""

    name: str
    ratio: Span
    goal: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """One run. Times, rates and memory say something beside the same machine alone; ratios are what is compared."""

    at: datetime
    commit: str
    machine: Machine
    ratios: list[Kept]
    values: dict[str, str]


def entry_of(figures: Sequence[Figure], machine: Machine, *, at: datetime, commit: str) -> Entry:
    """What is kept of a run."""
    return Entry(
        at=at,
        commit=commit,
        machine=machine,
        ratios=[Kept(name=each.name, ratio=_short(each.ratio), goal=each.goal) for each in figures if each.ratio],
        values={each.name: f"{each.value.median:.4g} {each.unit}" for each in figures if not each.ratio},
    )


def append_entry(entry: Entry, file: Path) -> None:
    """One line more."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as history:
        history.write(msgspec.json.encode(entry) + b"\n")


def read_history(file: Path) -> list[Entry]:
    """All entries, oldest first; none where there is no file. Raises `msgspec.DecodeError` for a broken line."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [msgspec.json.decode(line, type=Entry) for line in lines if line.strip()]


def commit_here() -> str:
    """The commit that is measured; `+` behind it where files differ from it; nothing outside a clone."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit
    except (OSError, subprocess.CalledProcessError):
        return ""


def now() -> datetime:
    """The moment of a run, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


def _short(span: Span) -> Span:
    return Span(round(span.least, 3), round(span.median, 3), round(span.most, 3))
