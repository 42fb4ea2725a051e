"""`make bench`: one run of all rounds, a table, `.quinzaine/bench.json`; and what is made of it.

    python -m infra.bench [ROUND …]        measure all, or some
    python -m infra.bench --compare        and beside the last run that is kept: exit 1 where a ratio is lost
    python -m infra.bench --keep           and keep it: a line in docs/figures/history.jsonl, and the chart
    python -m infra.bench --last --keep    the same with the last run, without measuring again
    python -m infra.bench --profile ROUND  where the time goes in each process of a round

QUINZAINE_BENCH_MAILS=50000 is the long form of the rounds on thousands of mails.
"""

import argparse
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import uvloop
from rich.console import Console

from infra.bench.chart import draw_chart
from infra.bench.comparison import compare, is_lost, show_comparison
from infra.bench.feed_rounds import measure_feeds
from infra.bench.figures import Figure, show
from infra.bench.finding_rounds import measure_finding
from infra.bench.history import CHART, KEPT, Entry, append_entry, commit_here, entry_of, now, read_history
from infra.bench.machine import describe_machine, say_busy, say_machine
from infra.bench.mail_rounds import measure_mails
from infra.bench.planning_rounds import measure_planning
from infra.bench.profiling import show_profiles
from infra.bench.queue_rounds import measure_queue
from infra.bench.start_rounds import measure_start
from infra.bench.system import Bench, bench
from infra.bench.web_rounds import measure_web

RUNS = Path(".quinzaine")
LAST = RUNS / "bench.json"

ROUNDS: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "web": measure_web,
    "planning": measure_planning,
    "finding": measure_finding,
    "feeds": measure_feeds,
    "mails": measure_mails,
    "queue": measure_queue,
}
START = "start"


async def measure(names: Sequence[str], figures: list[Figure], console: Console, profiles: Path | None = None) -> None:
    """Each of these rounds on a fresh database, added to `figures` as it ends; one that fails is the end."""
    for name in names:
        with console.status(f"{name}…"):
            if name == START:
                figures += await measure_start()
                continue
            async with bench(profiles=profiles) as running:
                figures += await ROUNDS[name](running)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and say; the exit code is 1 where a comparison finds something lost."""
    asked = _asked(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160)
    if asked.profile:
        return _profile(asked.profile, console)
    if asked.last:
        entry = msgspec.json.decode(LAST.read_bytes(), type=Entry)
    else:
        machine = describe_machine()
        console.print(say_machine(machine), say_busy(machine))
        figures: list[Figure] = []
        try:
            uvloop.run(measure(asked.rounds or [*ROUNDS, START], figures, console))
        finally:
            # what was measured before a round that failed is not lost
            show(figures, console)
        entry = entry_of(figures, machine, at=now(), commit=commit_here())
        LAST.parent.mkdir(parents=True, exist_ok=True)
        LAST.write_bytes(msgspec.json.format(msgspec.json.encode(entry), indent=2) + b"\n")
        append_entry(entry, RUNS / "bench-history.jsonl")
    history = read_history(KEPT)
    lost = False
    if asked.compare and history:
        lines = compare(history[-1], entry)
        show_comparison(history[-1], lines, console)
        lost = is_lost(lines)
    if asked.keep:
        append_entry(entry, KEPT)
        CHART.write_text(draw_chart([*history, entry]), encoding="utf-8")
    return int(lost)


def _profile(name: str, console: Console) -> int:
    folder = Path(tempfile.mkdtemp(prefix="quinzaine-profiles-"))
    uvloop.run(measure([name], [], console, folder))
    show_profiles(folder, console)
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.bench", description="Ratios against limits of one run.")
    parser.add_argument("rounds", nargs="*", metavar="ROUND", help=", ".join([*ROUNDS, START]))
    parser.add_argument("--compare", action="store_true", help="with the last run kept; exit 1 above 20 % of loss")
    parser.add_argument("--keep", action="store_true", help="in docs/figures, with its chart")
    parser.add_argument("--last", action="store_true", help="take the last run, measure nothing")
    parser.add_argument("--profile", choices=list(ROUNDS), help="where the time goes in the processes of a round")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.rounds) - {*ROUNDS, START}:
        parser.error(f"no such round: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
