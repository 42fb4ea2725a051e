"""PROMISES.md and the runbook name tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXTS = (ROOT / "PROMISES.md").read_text() + (ROOT / "docs" / "runbook.md").read_text()
NAMED = re.findall(r"`(tests/[^`:]+\.py)(?:::(\w+))?`", TEXTS)


def test_every_test_that_stands_for_a_promise_is_there():
    assert len(NAMED) > 20
    gone = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).is_file() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]
    assert gone == []
