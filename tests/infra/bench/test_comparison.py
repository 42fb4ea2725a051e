"""The comparison of two runs: a loss is said, noise is not a loss, and what is lost fails the command."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from infra.bench import __main__ as command
from infra.bench.comparison import Verdict, compare, is_lost, show_comparison
from infra.bench.figures import Span, at_most, fact, share, show, span
from infra.bench.history import Entry, Kept, append_entry, entry_of, read_history
from infra.bench.machine import Machine, describe_machine, say_busy, say_machine

MACHINE = Machine(
    cores=2, processor="Essai", memory_gb=8, kernel="Linux 6", python="3.13.1", postgresql="18.0", load=0.5
)


def run(**ratios: tuple[float, float, float]) -> Entry:
    kept = [Kept(name=name, ratio=Span(*values), goal="≥ 70%") for name, values in ratios.items()]
    return Entry(at=datetime(2027, 6, 14, tzinfo=UTC), commit="abc1234", machine=MACHINE, ratios=kept, values={})


def verdicts(then: Entry, now: Entry) -> dict[str, Verdict]:
    return {line.name: line.verdict for line in compare(then, now)}


def test_a_fifth_less_is_kept_and_more_than_a_fifth_is_lost() -> None:
    then = run(mails=(0.99, 1.0, 1.01))
    assert verdicts(then, run(mails=(0.79, 0.81, 0.82))) == {"mails": Verdict.KEPT}
    assert verdicts(then, run(mails=(0.77, 0.79, 0.80))) == {"mails": Verdict.LOST}
    assert verdicts(then, run(mails=(1.5, 2.0, 2.5))) == {"mails": Verdict.KEPT}


def test_rounds_that_reach_those_of_before_are_noise_and_no_loss() -> None:
    then = run(mails=(0.5, 1.0, 1.1))
    assert verdicts(then, run(mails=(0.3, 0.6, 0.7))) == {"mails": Verdict.NOISY}
    assert verdicts(then, run(mails=(0.3, 0.4, 0.49))) == {"mails": Verdict.LOST}


def test_on_a_machine_that_is_busy_with_other_work_nothing_is_said_to_be_lost() -> None:
    quiet, busy = run(mails=(0.9, 1.0, 1.1)), msgspec.structs.replace(MACHINE, load=9.5)
    slow = run(mails=(0.1, 0.2, 0.3))
    assert verdicts(quiet, slow) == {"mails": Verdict.LOST}
    assert verdicts(quiet, msgspec.structs.replace(slow, machine=busy)) == {"mails": Verdict.NOISY}
    assert verdicts(msgspec.structs.replace(quiet, machine=busy), slow) == {"mails": Verdict.NOISY}
    assert "busy with other work" in say_busy(busy)
    assert not say_busy(MACHINE)


def test_what_only_one_run_measured_is_said_and_is_no_loss() -> None:
    then, now = run(old=(1, 1, 1), both=(1, 1, 1)), run(both=(1, 1, 1), new=(1, 1, 1))
    assert verdicts(then, now) == {"both": Verdict.KEPT, "new": Verdict.NEW, "old": Verdict.GONE}
    assert not is_lost(compare(then, now))


def test_the_table_says_both_runs_and_what_is_lost() -> None:
    console = Console(file=StringIO(), width=160)
    then = run(mails=(0.9, 1.0, 1.1))
    show_comparison(then, compare(then, run(mails=(0.4, 0.5, 0.6))), console)
    said = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "abc1234 of 2027-06-14" in said
    assert "100% (90%…110%)" in said
    assert "-50%" in said
    assert "lost" in said


def test_a_run_is_one_line_and_read_again_as_it_was(tmp_path: Path) -> None:
    figures = [
        share("mails", [70, 80, 90], "/s", [100, 100, 100], 0.7),
        at_most("memory", 190, "MB", 200),
        fact("time", [1.0, 2.0], "s"),
    ]
    entry = entry_of(figures, MACHINE, at=datetime(2027, 6, 14, tzinfo=UTC), commit="abc1234")
    file = tmp_path / "figures" / "history.jsonl"
    append_entry(entry, file)
    append_entry(run(mails=(1, 1, 1)), file)
    assert len(file.read_text().splitlines()) == 2
    assert read_history(file) == [entry, run(mails=(1, 1, 1))]
    assert entry.ratios == [Kept(name="mails", ratio=Span(0.7, 0.8, 0.9), goal="≥ 70%")]
    assert entry.values == {"memory": "190 MB", "time": "1.5 s"}
    assert read_history(tmp_path / "nothing.jsonl") == []


def test_a_broken_line_of_the_history_is_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text('{"at": "2027-06-14T00:00:00Z", "com\n')
    with pytest.raises(msgspec.DecodeError):
        read_history(file)


def test_a_ratio_is_of_each_round_and_not_of_the_medians() -> None:
    """The machine is slow in the second round: rate and limit halve, the ratio stays."""
    figure = share("mails", [80, 40, 80], "/s", [100, 50, 100], 0.7)
    assert figure.ratio == Span(0.8, 0.8, 0.8)
    assert figure.value == Span(40, 80, 80)
    assert figure.met
    assert span([3, 1, 2]).spread == 1.0


def test_a_goal_that_a_machine_cannot_show_is_neither_met_nor_missed() -> None:
    figure = share("two workers / one", 110, "/s", 100, 1.6, unless="needs 4 cores, here 2")
    assert figure.met is None
    assert figure.goal == "≥ 160% (needs 4 cores, here 2)"


def test_the_table_of_a_run_says_what_is_missed() -> None:
    console = Console(file=StringIO(), width=160)
    show([share("mails", [50, 60], "/s", [100, 100], 0.7), at_most("memory", 190, "MB", 200)], console)
    said = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "missed" in said
    assert "met" in said
    assert "50 … 60" in said


def test_the_machine_is_named() -> None:
    said = say_machine(describe_machine())
    assert "PostgreSQL 18" in said
    assert "cores" in said
    assert "Python 3." in said


def test_the_command_fails_where_a_ratio_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, last, chart = tmp_path / "history.jsonl", tmp_path / "bench.json", tmp_path / "chart.svg"
    for name, file in (("KEPT", kept), ("LAST", last), ("CHART", chart)):
        monkeypatch.setattr(command, name, file)
    last.write_bytes(msgspec.json.encode(run(mails=(0.9, 1.0, 1.1))))
    assert command.main(["--last", "--compare", "--keep"]) == 0  # the first has nothing to be compared with
    assert chart.read_text().startswith("<svg")
    last.write_bytes(msgspec.json.encode(run(mails=(0.88, 0.95, 1.0))))
    assert command.main(["--last", "--compare"]) == 0
    last.write_bytes(msgspec.json.encode(run(mails=(0.5, 0.6, 0.7))))
    assert command.main(["--last", "--compare"]) == 1
    assert command.main(["--last"]) == 0
    assert len(read_history(kept)) == 1


def test_an_unknown_round_is_refused() -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["nothing"])
    assert refused.value.code == 2
