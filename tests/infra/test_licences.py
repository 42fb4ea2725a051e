"""Every library that is installed with Quinzaine is free, by a licence that may stand beside the AGPL."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

LOCK = Path(__file__).parent.parent.parent / "requirements.lock"
FREE = re.compile(
    r"MIT|0?BSD|Apache|ISC|MPL|Mozilla|PSF|Unlicense|LGPL|Lesser General Public|Zero-Clause|CC0|DFSG approved",
    re.IGNORECASE,
)
# what its own metadata does not say, and the bill of materials in its wheel does
SAID_ELSEWHERE = {"mrml": "MIT"}


def locked() -> list[str]:
    """The names in the lock file."""
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", LOCK.read_text(), re.MULTILINE)


def licence(name: str) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line of the text."""
    said = metadata(name)
    classifiers = [each for each in said.get_all("Classifier") or [] if each.startswith("License")]
    text = (said.get("License") or "").strip().partition("\n")[0]
    return SAID_ELSEWHERE.get(name) or said.get("License-Expression") or "; ".join(classifiers) or text


def test_every_locked_library_has_a_free_licence():
    names = locked()
    assert len(names) > 50
    unfree = {}
    for name in names:
        try:
            said = licence(name)
        except PackageNotFoundError:
            # of another platform
            continue
        if not FREE.search(said):
            unfree[name] = said
    assert unfree == {}


@pytest.mark.parametrize("said", ["Proprietary", "", "License :: Other/Proprietary License", "SSPL-1.0", "BUSL-1.1"])
def test_what_is_not_free_is_noticed(said):
    assert not FREE.search(said)
