"""The bill of materials: valid, whole, and the same as what is installed."""

import json
import re
import sys
from importlib.metadata import version

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.write_sbom import LOCK, locked, main


def test_it_is_a_valid_bill_of_everything_that_is_locked(tmp_path, monkeypatch, capsys):
    file = tmp_path / "sbom.json"
    monkeypatch.setattr(sys, "argv", ["write_sbom", str(file)])
    main()
    text = file.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    broken = json.dumps({**json.loads(text), "components": [{"name": "without a type"}]})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken) is not None

    bill = json.loads(text)
    listed = {each["name"]: each for each in bill["components"]}
    assert set(listed) == set(locked())
    assert set(
        re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==[^;\n]* \\$", LOCK.read_text(), re.MULTILINE)
    ) <= set(listed)
    for name, each in listed.items():
        assert each["version"] == version(name), "what is installed is what is locked"
        assert each["licenses"]
        assert each["externalReferences"][0]["hashes"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert listed["litestar"]["bom-ref"] in needs["quinzaine"]
    assert listed["msgspec"]["bom-ref"] in needs[listed["litestar"]["bom-ref"]]
    # a line for each: what it is, which, and under what licence
    said = capsys.readouterr().out
    assert re.search(r"^litestar +\S+ +.*MIT.*$", said, re.MULTILINE)
