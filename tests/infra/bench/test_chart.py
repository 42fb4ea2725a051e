"""The chart: an SVG that any reader understands, true to the figures, and that no name can break."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from infra.bench.chart import BARS, MET, MISSED, NAMES, draw_chart
from infra.bench.figures import Span
from infra.bench.history import KEPT, Entry, Kept, read_history
from infra.bench.machine import Machine

SVG = "{http://www.w3.org/2000/svg}"
MACHINE = Machine(
    cores=2, processor="Essai <&>", memory_gb=8, kernel="Linux 6", python="3.13.1", postgresql="18.0", load=0.5
)


def run(*ratios: Kept) -> Entry:
    return Entry(
        at=datetime(2027, 6, 14, tzinfo=UTC), commit="abc1234", machine=MACHINE, ratios=list(ratios), values={}
    )


def bars(svg: str) -> list[tuple[float, str]]:
    """Width as a share of the scale, and colour."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}rect")  # noqa: S314  # our own text
    return [
        (float(each.attrib["width"]) / BARS, each.attrib["fill"])
        for each in found
        if each.attrib.get("x") == str(NAMES)
    ]


def test_a_bar_is_as_long_as_its_ratio_and_says_whether_its_goal_is_met() -> None:
    svg = draw_chart(
        [
            run(
                Kept(name="met", ratio=Span(0.7, 0.8, 0.9), goal="≥ 70%"),
                Kept(name="missed", ratio=Span(0.4, 0.5, 0.6), goal="≥ 70%"),
                Kept(name="no goal", ratio=Span(0.1, 0.2, 0.3)),
                Kept(name="not to be shown here", ratio=Span(0.1, 0.2, 0.3), goal="≥ 160% (needs 4 cores)"),
            )
        ]
    )
    assert bars(svg) == [
        (pytest.approx(0.8, abs=0.01), MET),
        (pytest.approx(0.5, abs=0.01), MISSED),
        (pytest.approx(0.2, abs=0.01), MET),
        (pytest.approx(0.2, abs=0.01), MET),
    ]


def test_a_ratio_above_its_limit_stays_inside_the_picture() -> None:
    svg = draw_chart([run(Kept(name="wide", ratio=Span(1.0, 9.0, 12.0)), Kept(name="one", ratio=Span(1, 1, 1)))])
    assert bars(svg)[0][0] == 1.0
    assert 0.5 < bars(svg)[1][0] < 1.0


def test_names_are_escaped() -> None:
    svg = draw_chart([run(Kept(name="<script>&", ratio=Span(1, 1, 1)))])
    texts = [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314
    assert "<script>&" in texts
    assert any("Essai <&>" in (text or "") for text in texts)


def test_earlier_runs_are_dots_of_the_same_name_only() -> None:
    old = run(Kept(name="mails", ratio=Span(0.3, 0.3, 0.3)), Kept(name="gone", ratio=Span(0.1, 0.1, 0.1)))
    svg = draw_chart([old, old, run(Kept(name="mails", ratio=Span(0.8, 0.8, 0.8)))])
    assert svg.count("<circle") == 2


def test_the_chart_of_no_run_is_refused() -> None:
    with pytest.raises(IndexError):
        draw_chart([])


def test_the_kept_history_can_be_read_and_drawn() -> None:
    history = read_history(KEPT)
    assert history, "the figures of a release are kept"
    ElementTree.fromstring(draw_chart(history))  # noqa: S314
