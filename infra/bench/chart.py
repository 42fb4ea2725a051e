"""The chart of a run: each ratio as a bar of its limit, with its goal and the spread of its rounds (SVG)."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from infra.bench.history import Entry, Kept
from infra.bench.machine import say_busy, say_machine

NAMES, BARS, FIGURES = 400, 380, 76
ROW, TOP, BOTTOM = 26, 80, 30
# a ratio may be above its limit: the scale ends at the highest, and no bar leaves it
SCALE_AT_LEAST, SCALE_AT_MOST = 1.0, 1.6
EARLIER = 5
INK, PALE, GRID, MET, MISSED, GOAL = "#101820", "#5b6470", "#e3e6ea", "#2f6f8f", "#d9822b", "#b3261e"
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'
_GOAL = re.compile(r"≥ (\d+)%")


def draw_chart(history: Sequence[Entry]) -> str:
    """The newest run as bars, the runs before it as dots; raises `IndexError` where there is none."""
    entry, earlier = history[-1], history[-1 - EARLIER : -1]
    scale = max([SCALE_AT_LEAST, *(min(kept.ratio.most, SCALE_AT_MOST) for kept in entry.ratios)])
    width, height = NAMES + BARS + FIGURES, TOP + ROW * len(entry.ratios) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {_FONT}>',
        f"<title>{escape(_title(entry))}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#fff"/>',
        _text(14, 24, _title(entry), size=15, weight=600),
        _text(14, 44, say_machine(entry.machine), size=11, fill=PALE),
        _text(14, 61, say_busy(entry.machine), size=11, fill=GOAL),
    ]
    for tenths in range(0, int(scale * 10) + 1, 2):
        x = _x(tenths / 10, scale)
        stroke = PALE if tenths == 10 else GRID
        parts.append(f'<path d="M{x:.1f} {TOP - 6}V{height - BOTTOM + 4}" stroke="{stroke}"/>')
        parts.append(_text(x, height - 10, f"{tenths * 10} %", size=11, fill=PALE, anchor="middle"))
    for number, kept in enumerate(entry.ratios):
        before = [old.ratio.median for each in earlier for old in each.ratios if old.name == kept.name]
        parts += _row(kept, before, TOP + ROW * number, scale)
    return "\n".join([*parts, "</svg>", ""])


def _row(kept: Kept, before: Sequence[float], top: float, scale: float) -> list[str]:
    middle, goal = top + ROW / 2, _GOAL.search(kept.goal)
    missed = goal is not None and "(" not in kept.goal and kept.ratio.median < int(goal[1]) / 100
    colour = MISSED if missed else MET
    least, end, most = (_x(ratio, scale) for ratio in (kept.ratio.least, kept.ratio.median, kept.ratio.most))
    parts = [
        _text(NAMES - 10, middle + 4, kept.name.strip(), anchor="end"),
        f'<rect x="{NAMES}" y="{top + 5:.1f}" width="{end - NAMES:.1f}" height="{ROW - 10}" rx="3" fill="{colour}"/>',
        f'<path d="M{least:.1f} {middle:.1f}H{most:.1f}" stroke="{INK}" stroke-width="1.5"/>',
    ]
    parts += [
        f'<circle cx="{_x(ratio, scale):.1f}" cy="{middle:.1f}" r="2.5" fill="#fff" stroke="{INK}"/>'
        for ratio in before
    ]
    if goal:
        x = _x(int(goal[1]) / 100, scale)
        parts.append(f'<path d="M{x:.1f} {top + 2:.1f}v{ROW - 4}" stroke="{GOAL}" stroke-width="2"/>')
    parts.append(_text(NAMES + BARS + FIGURES - 12, middle + 4, f"{kept.ratio.median:.0%}", anchor="end", weight=600))
    return parts


def _title(entry: Entry) -> str:
    return f"Quinzaine against limits of the same run, {entry.at:%Y-%m-%d}, {entry.commit or 'unnamed'}"


def _x(ratio: float, scale: float) -> float:
    return NAMES + BARS * min(max(ratio, 0.0), scale) / scale


def _text(
    x: float, y: float, text: str, *, size: int = 13, weight: int = 400, fill: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
