"""What is counted of answers: by the route's template, so that no secret of a path is kept; an id where one failed."""

import re

import msgspec
import pytest

from services.campaigns.figures import MEMBERS, Histogram, kind_of
from tests.application import visiting
from tests.world import a_week

pytestmark = pytest.mark.anyio

TOKEN = "sixteen-letters-and-more"  # guards the figures of this test
SECRET = "AZ0f5e1d2c3b4a59687700000000000000000000000000"


async def figures(client) -> str:
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return str(answer.text)


async def test_answers_are_counted_by_route_and_status_and_no_path_is_kept(pool, settings):
    async with pool.acquire() as connection:
        week = await a_week(connection, seats=3)
    async with visiting(msgspec.structs.replace(settings, metrics_token=TOKEN)) as client:
        feed = await client.get(f"/calendars/{week.slug}.ics")
        await client.get(f"/calendars/{week.slug}.ics", headers={"If-None-Match": feed.headers["etag"]})
        assert (await client.get(f"/inscriptions/{SECRET}")).status_code == 404
        assert (await client.get("/nulle/part/zephyrine")).status_code == 404
        body = {
            "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
            "guardian": None,
            "school": {"name": "Lycée Prévert", "uai": None},
            "class_name": "2nde 4",
        }
        registered = await client.post(f"/api/v1/offers/{week.offer_id}/registrations", json=body)
        assert registered.status_code == 201
        text = await figures(client)
    assert 'quinzaine_http_requests_total{method="GET",route="/calendars",status="200"} 1\n' in text
    assert 'quinzaine_http_requests_total{method="GET",route="/calendars",status="304"} 1\n' in text
    assert 'quinzaine_http_requests_total{method="GET",route="/inscriptions/{token}",status="404"} 1\n' in text
    assert 'quinzaine_http_requests_total{method="GET",route="none",status="404"} 1\n' in text
    assert 'quinzaine_http_request_seconds_count{kind="registration"} 1\n' in text
    assert 'quinzaine_http_request_seconds_count{kind="feed"} 2\n' in text
    assert 'quinzaine_turnstile_batch_bucket{le="1"} 1\n' in text
    assert "quinzaine_facts_waiting 2\n" in text
    for secret in (SECRET, "zephyrine", week.slug, str(week.offer_id), "camille"):
        assert secret not in text


async def test_each_line_is_one_that_prometheus_reads(settings):
    async with visiting(msgspec.structs.replace(settings, metrics_token=TOKEN)) as client:
        await client.get("/")
        text = await figures(client)
    told = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            told.add(line.split()[2])
        if not line.startswith("#"):
            assert re.fullmatch(r'[a-z_]+(\{([a-z_]+="[^"\\]*",?)+\})? [0-9.e+-]+', line), line
            name = line.split("{")[0].split()[0]
            assert name in told or re.sub(r"_(bucket|sum|count)$", "", name) in told, line


async def test_who_meets_a_fault_of_ours_is_told_the_id_under_which_the_log_has_it(pool, settings):
    await pool.execute("ALTER TABLE campaigns.offers RENAME TO elsewhere")
    async with visiting(msgspec.structs.replace(settings, trusted_hops=1)) as client:
        failed = await client.get("/api/v1/offers")
        named = await client.get("/api/v1/offers", headers={"X-Request-ID": "proxy-0123456789"})
        odd = await client.get("/api/v1/offers", headers={"X-Request-ID": "<script>alert(1)</script>"})
        fine = await client.get("/health")
    assert failed.status_code == 500
    assert re.fullmatch("[0-9a-f]{32}", failed.headers["x-request-id"])
    assert named.headers["x-request-id"] == "proxy-0123456789"
    assert re.fullmatch("[0-9a-f]{32}", odd.headers["x-request-id"])
    assert "x-request-id" not in fine.headers
    async with visiting(settings) as client:
        unnamed = await client.get("/api/v1/offers", headers={"X-Request-ID": "visitor-0123456789"})
    assert re.fullmatch("[0-9a-f]{32}", unnamed.headers["x-request-id"])


def test_buckets_add_up():
    histogram = Histogram(MEMBERS)
    for members in (1, 2, 3, 256, 300):
        histogram.note(members)
    lines = list(histogram.lines("batch", 'kind="x"'))
    assert 'batch_bucket{kind="x",le="1"} 1' in lines
    assert 'batch_bucket{kind="x",le="4"} 3' in lines
    assert 'batch_bucket{kind="x",le="256"} 4' in lines
    assert 'batch_bucket{kind="x",le="+Inf"} 5' in lines
    assert lines[-2:] == ['batch_sum{kind="x"} 562.000000', 'batch_count{kind="x"} 5']


@pytest.mark.parametrize(
    ("method", "route", "kind"),
    [
        ("POST", "/offres/{slug:str}/inscription", "registration"),
        ("GET", "/offres/{slug:str}/inscription", "page"),
        ("GET", "/planification/eleves/visites.ics", "feed"),
        ("GET", "/api/v1/offers", "json"),
        ("GET", "/health", "watch"),
    ],
)
def test_an_answer_is_of_one_kind(method, route, kind):
    assert kind_of(method, route) == kind
