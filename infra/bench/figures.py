"""Figures: what a run of the bench found in its rounds, and whether each goal is met."""

import statistics
from collections.abc import Sequence

from msgspec import Struct
from rich.console import Console
from rich.table import Table

Values = float | Sequence[float]


class Span(Struct, frozen=True):
    """What several rounds gave: the least, the median, the most."""

    least: float
    median: float
    most: float

    @property
    def spread(self) -> float:
        """From the least to the most, as a share of the median."""
        return (self.most - self.least) / self.median if self.median else 0.0


class Figure(Struct, frozen=True, kw_only=True):
    """One figure. `ratio` is value/limit, round by round, where there is a limit; `met` says whether the goal is."""

    name: str
    unit: str
    rounds: int
    value: Span
    limit: Span | None = None
    ratio: Span | None = None
    goal: str = ""
    met: bool | None = None


def span(values: Values) -> Span:
    """The span of these rounds, or of the only one."""
    found = [values] if isinstance(values, int | float) else list(values)
    return Span(min(found), statistics.median(found), max(found))


def share(name: str, values: Values, unit: str, limits: Values, least: float | None, *, unless: str = "") -> Figure:
    """Rates against the limits measured in the same rounds: the median is to be at least this share.

    `unless` says why this machine cannot show it; the goal is then neither met nor missed.
    """
    pairs = zip(_list(values), _list(limits), strict=True)
    ratio = span([value / limit for value, limit in pairs])
    goal = "" if least is None else f"≥ {least:.0%}"
    return Figure(
        name=name,
        unit=unit,
        rounds=len(_list(values)),
        value=span(values),
        limit=span(limits),
        ratio=ratio,
        goal=f"{goal} ({unless})" if unless else goal,
        met=None if unless or least is None else ratio.median >= least,
    )


def at_most(name: str, values: Values, unit: str, most: float) -> Figure:
    """A figure that is to stay below something."""
    found = span(values)
    return Figure(
        name=name,
        unit=unit,
        rounds=len(_list(values)),
        value=found,
        goal=f"< {most:g} {unit}",
        met=found.median < most,
    )


def fact(name: str, values: Values, unit: str) -> Figure:
    """A figure without a goal of its own."""
    return Figure(name=name, unit=unit, rounds=len(_list(values)), value=span(values))


def show(figures: Sequence[Figure], console: Console) -> None:
    """The table."""
    table = Table(title="Quinzaine, figures of one run", title_justify="left")
    for column in ("what", "median", "least … most", "limit", "ratio", "± spread", "goal", ""):
        table.add_column(column, justify="left" if column in ("what", "goal", "") else "right")
    for figure in figures:
        shown = figure.ratio or figure.value
        table.add_row(
            figure.name,
            f"{_rounded(figure.value.median)} {figure.unit}",
            f"{_rounded(figure.value.least)} … {_rounded(figure.value.most)}" if figure.rounds > 1 else "",
            _rounded(figure.limit.median) if figure.limit else "",
            f"{figure.ratio.median:.0%}" if figure.ratio else "",
            f"{shown.spread:.0%}" if figure.rounds > 1 else "",
            figure.goal,
            {True: "met", False: "[bold red]missed[/bold red]", None: ""}[figure.met],
        )
    console.print(table)


def _list(values: Values) -> list[float]:
    return [values] if isinstance(values, int | float) else list(values)


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
