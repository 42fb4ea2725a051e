"""docs/asvs.md names tests that are there, and says of every line how it stands."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text()
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| \d", line)
]


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`(tests/[^`:]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 30
    gone = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]
    assert gone == []


def test_what_is_met_is_met_by_a_test_and_what_is_not_says_why():
    assert len(LINES) > 40
    for requirements, _short, state, by in LINES:
        assert state in ("met", "partly", "not met", "n/a"), requirements
        assert by, requirements
        assert state != "met" or "`tests/" in by, requirements


def test_every_chapter_is_spoken_of():
    chapters = {int(number) for requirements, *_ in LINES for number in re.findall(r"(\d+)\.\d", requirements)}
    assert chapters == set(range(1, 15))
