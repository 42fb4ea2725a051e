"""The alerts are about what there is: each figure and label that a rule names stands in `/metrics`."""

import json
import re
from pathlib import Path

import msgspec
import pytest
import yaml

from services.campaigns.sending.queue import LATE
from tests.application import visiting
from tests.infra.test_grafana import TOKEN
from tests.services.campaigns.sending.test_queue import a_queue

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "infra" / "prometheus" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]


async def test_every_figure_and_label_of_an_alert_is_one_of_the_product(pool, settings):
    await a_queue(pool)
    async with visiting(msgspec.structs.replace(settings, metrics_token=TOKEN)) as client:
        text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    for rule in RULES:
        named = re.findall(r"(quinzaine_[a-z_]+)(?:\{([^}]*)\})?", rule["expr"])
        assert named, rule["alert"]
        for name, selected in named:
            assert any(re.match(rf"{name}[ {{]", line) for line in samples), name
            label = selected.partition("=")[0]
            assert not label or any(line.startswith(name) and f'{label}="' in line for line in samples), selected
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


async def test_what_the_queue_s_page_calls_late_is_what_an_alert_is_about():
    limits = {
        lane: int(found.group(1))
        for rule in RULES
        for lane in LATE
        if (found := re.search(rf'queue_age_seconds{{lane="{lane}"}}\) > (\d+)', rule["expr"]))
    }
    assert limits == {lane: late.total_seconds() for lane, late in LATE.items()}


def test_the_part_of_the_runbook_that_an_alert_names_is_there():
    parts = re.findall(r"^## \d+\. (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    for rule in RULES:
        if named := rule["annotations"].get("runbook"):
            assert json.loads(named.partition(", ")[2]) in parts
