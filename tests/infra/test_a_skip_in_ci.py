"""In CI a skip is a failure of that test, wherever it is said, and the rest of the run goes on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPTIONS = ("-p", "no:cacheprovider", "-c", os.devnull, "--continue-on-collection-errors")

SKIPS = """
import pytest

@pytest.fixture
def missing():
    pytest.skip("in a fixture")

def test_inside():
    pytest.skip("inside")

@pytest.mark.skip(reason="a mark")
def test_marked():
    pass

def test_with_fixture(missing):
    pass

@pytest.mark.xfail
def test_expected():
    raise AssertionError

def test_of_use():
    pass
"""


MODULE_SKIPS = """
import pytest

pytest.importorskip("not_installed_anywhere")
"""


def test_each_skip_fails_with_its_reason_and_the_others_run(tmp_path):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_skips.py").write_text(SKIPS)
    (tmp_path / "test_absent.py").write_text(MODULE_SKIPS)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUINZAINE_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *OPTIONS, "--rootdir", tmp_path, tmp_path],
        env={**kept, "PYTHONPATH": str(ROOT), "QUINZAINE_CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed, 3 errors" in done.stdout
    for reason in ("inside", "a mark", "in a fixture", "could not import 'not_installed_anywhere'"):
        assert f"In CI nothing may be skipped: Skipped: {reason}" in done.stdout
