"""Figures: what a run of the bench found, and whether each goal is met."""

from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Figure(Struct, kw_only=True):
    """One figure. `ratio` is value/limit where there is a limit; `goal` says what is to be met, `met` whether it is."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def share(name: str, value: float, unit: str, limit: float, least: float) -> Figure:
    """A rate against a limit measured in the same run: at least this share of it."""
    ratio = value / limit
    return Figure(
        name=name,
        value=value,
        unit=unit,
        limit=limit,
        ratio=ratio,
        goal=f"≥ {least:.0%}",
        met=ratio >= least,
    )


def at_most(name: str, value: float, unit: str, most: float) -> Figure:
    """A figure that is to stay below something."""
    return Figure(name=name, value=value, unit=unit, goal=f"< {most:g} {unit}", met=value < most)


def fact(name: str, value: float, unit: str) -> Figure:
    """A figure without a goal of its own."""
    return Figure(name=name, value=value, unit=unit)


def show(figures: list[Figure], console: Console) -> None:
    """The table."""
    table = Table(title="Quinzaine, figures of one run", title_justify="left")
    for column in ("what", "value", "limit", "ratio", "goal", ""):
        table.add_column(column, justify="left" if column in ("what", "goal", "") else "right")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{_rounded(figure.value)} {figure.unit}",
            _rounded(figure.limit) if figure.limit is not None else "",
            f"{figure.ratio:.0%}" if figure.ratio is not None else "",
            figure.goal,
            {True: "met", False: "[bold red]missed[/bold red]", None: ""}[figure.met],
        )
    console.print(table)


def write(figures: list[Figure], file: Path) -> None:
    """The same as JSON, a list."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
