"""Every library that is installed with Quinzaine is free, by a licence that may stand beside the AGPL."""

import re

import pytest

from infra.write_sbom import licence, locked

FREE = re.compile(
    r"MIT|0?BSD|Apache|ISC|MPL|Mozilla|PSF|Unlicense|LGPL|Lesser General Public|Zero-Clause|CC0|DFSG approved",
    re.IGNORECASE,
)


def test_every_locked_library_has_a_free_licence():
    names = locked()
    assert len(names) > 50
    assert {name: licence(name) for name in names if not FREE.search(licence(name))} == {}


@pytest.mark.parametrize("said", ["Proprietary", "", "License :: Other/Proprietary License", "SSPL-1.0", "BUSL-1.1"])
def test_what_is_not_free_is_noticed(said):
    assert not FREE.search(said)
