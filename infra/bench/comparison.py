"""The comparison of a run with an earlier one: which ratios are lost, beyond what rounds differ among themselves."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from infra.bench.figures import Span
from infra.bench.history import Entry

LOSS_AT_MOST = 0.20


class Verdict(StrEnum):
    """`lost`: worse by more than is allowed; `noisy`: its median is, but the rounds of both runs overlap.

    Or one of the runs had to share its machine: then nothing is said to be lost.
    """

    KEPT = "kept"
    NOISY = "noisy"
    LOST = "lost"
    NEW = "new"
    GONE = "gone"


class Line(Struct, frozen=True, kw_only=True):
    """One ratio then and now; `loss` is the share of the old median that is gone, negative where it was won."""

    name: str
    then: Span | None
    now: Span | None
    loss: float
    verdict: Verdict


def compare(then: Entry, now: Entry) -> list[Line]:
    """Every ratio of either run, those of now first. A ratio that is no longer measured is lost sight of, and said."""
    before = {kept.name: kept.ratio for kept in then.ratios}
    after = {kept.name: kept.ratio for kept in now.ratios}
    busy = then.machine.is_busy or now.machine.is_busy
    return [_line(name, before.get(name), after.get(name), busy=busy) for name in dict.fromkeys([*after, *before])]


def _line(name: str, then: Span | None, now: Span | None, *, busy: bool) -> Line:
    if then is None or now is None:
        verdict = Verdict.NEW if then is None else Verdict.GONE
        return Line(name=name, then=then, now=now, loss=0.0, verdict=verdict)
    loss = 1 - now.median / then.median
    verdict = Verdict.KEPT
    if loss > LOSS_AT_MOST:
        verdict = Verdict.LOST if now.most < then.least and not busy else Verdict.NOISY
    return Line(name=name, then=then, now=now, loss=loss, verdict=verdict)


def is_lost(lines: Sequence[Line]) -> bool:
    """Whether anything is lost that no noise explains."""
    return any(line.verdict is Verdict.LOST for line in lines)


def show_comparison(then: Entry, lines: Sequence[Line], console: Console) -> None:
    """The table."""
    busy = ", on a busy machine" if then.machine.is_busy else ""
    title = f"Beside {then.commit or 'an unnamed commit'} of {then.at:%Y-%m-%d}{busy}"
    table = Table(title=title, title_justify="left")
    for column in ("ratio", "then", "now", "change", ""):
        table.add_column(column, justify="left" if column in ("ratio", "") else "right")
    for line in lines:
        both = line.then is not None and line.now is not None
        verdict = f"[bold red]{line.verdict}[/bold red]" if line.verdict is Verdict.LOST else str(line.verdict)
        table.add_row(line.name, _said(line.then), _said(line.now), f"{-line.loss:+.0%}" if both else "", verdict)
    console.print(table)


def _said(span: Span | None) -> str:
    return f"{span.median:.0%} ({span.least:.0%}…{span.most:.0%})" if span else ""
