"""The dashboard shows what there is: each of its figures stands in `/metrics`, and each figure on the dashboard."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from tests.application import visiting
from tests.services.campaigns.sending.test_queue import a_queue

pytestmark = pytest.mark.anyio

FILE = Path(__file__).parent.parent.parent / "infra" / "grafana" / "quinzaine.json"
DASHBOARD = json.loads(FILE.read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
TOKEN = "sixteen-letters-and-more"  # guards the figures of this test


async def test_every_figure_of_the_dashboard_is_one_of_the_product_and_the_reverse(pool, settings):
    await a_queue(pool)
    async with visiting(msgspec.structs.replace(settings, metrics_token=TOKEN)) as client:
        await client.get("/")
        text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    series = {re.split(r"[{ ]", line)[0] for line in text.splitlines() if not line.startswith("#")}
    shown = {name for query in QUERIES for name in re.findall(r"quinzaine_[a-z_]+", query)}
    assert shown <= series
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in series} == {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in shown
    }
    # the labels that it selects and groups by are there, too
    labels = {name for line in text.splitlines() for name in re.findall(r'([a-z_]+)="', line)}
    for query in QUERIES:
        for group in re.findall(r"by \(([^)]*)\)", query):
            assert set(re.split(r",\s*", group)) <= labels, query
        assert set(re.findall(r'([a-z_]+)=~?"', query)) <= labels, query


def test_it_can_be_imported_as_it_is():
    assert DASHBOARD["uid"] == "quinzaine"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    for query in QUERIES:
        assert query.count("(") == query.count(")"), query
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in PANELS)
