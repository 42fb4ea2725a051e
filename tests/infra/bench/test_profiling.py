"""Profiles on demand: a process leaves its own, and its table names our functions."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console

from infra.bench.profiling import profiled, read_costs, show_profiles


def test_a_process_leaves_a_profile_that_names_its_functions(tmp_path: Path) -> None:
    arguments = profiled(("infra.bench.profiling",), str(tmp_path))
    subprocess.run([sys.executable, *arguments], check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    (file,) = tmp_path.glob("*.prof")
    assert any(cost.name.startswith("infra/bench/profiling.py:") for cost in read_costs(file))
    console = Console(file=StringIO(), width=200)
    show_profiles(tmp_path, console)
    said = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "infra-bench-profiling-0: by their own time" in said
    assert "infra/bench/profiling.py" in said


def test_two_processes_of_one_kind_leave_two_files(tmp_path: Path) -> None:
    first = profiled(("infra", "worker"), str(tmp_path))[3]
    Path(first).touch()
    second = profiled(("infra", "worker"), str(tmp_path))[3]
    assert first != second
