"""Feeds over HTTP: what calendars, caches and proxies rely on (RFC 9110)."""

import asyncio
import gzip

import pytest
from msgspec.structs import replace

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.application import visiting
from tests.world import NOW

pytestmark = pytest.mark.anyio

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def address(week) -> str:
    return f"/calendars/{week.slug}.ics"


async def change(pool, week, title: str) -> None:
    async with transaction(pool) as connection:
        await change_session(connection, session_id=week.sessions[0], change=SessionChange(title=title), now=NOW)


async def test_the_headers_are_those_of_a_calendar_to_keep(subscriber, address):
    answer = await subscriber.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Last-Modified"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"].startswith('"')
    assert int(answer.headers["Content-Length"]) == len(answer.content)


async def test_what_is_known_is_not_sent_again(subscriber, address):
    known = (await subscriber.get(address)).headers
    for headers in (
        {"If-None-Match": known["ETag"]},
        {"If-None-Match": f'"autre", W/{known["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": known["Last-Modified"]},
        {"If-None-Match": known["ETag"], "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        answer = await subscriber.get(address, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Vary"]) == (known["ETag"], "Accept-Encoding")
        assert "Cache-Control" in answer.headers
        assert "Content-Type" not in answer.headers


async def test_another_etag_wins_over_a_date(subscriber, address):
    known = (await subscriber.get(address)).headers
    headers = {"If-None-Match": '"autre"', "If-Modified-Since": known["Last-Modified"]}
    assert (await subscriber.get(address, headers=headers)).status_code == 200


async def test_head_is_get_without_the_bytes(subscriber, address):
    got, asked = await subscriber.get(address), await subscriber.head(address)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers == got.headers
    headers = {"If-None-Match": got.headers["ETag"]}
    assert (await subscriber.head(address, headers=headers)).status_code == 304


async def test_gzip_has_an_etag_of_its_own_and_the_same_calendar(subscriber, address):
    plain, small = await subscriber.get(address), await subscriber.get(address, headers=GZIP)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert small.content == plain.content
    assert int(small.headers["Content-Length"]) < len(plain.content) / 3
    assert small.headers["ETag"] != plain.headers["ETag"]
    crossed = await subscriber.get(address, headers={**GZIP, "If-None-Match": plain.headers["ETag"]})
    assert crossed.status_code == 200


async def test_compressed_bytes_are_the_same_each_time():
    assert gzip.compress(b"BEGIN:VCALENDAR", mtime=0) == gzip.compress(b"BEGIN:VCALENDAR", mtime=0)


async def test_two_processes_give_the_same_bytes_and_etags(settings, subscriber, address):
    async with visiting(settings) as other:
        for headers in ({"Accept-Encoding": "identity"}, GZIP):
            here, there = await subscriber.get(address, headers=headers), await other.get(address, headers=headers)
            assert here.content == there.content
            assert here.headers == there.headers


async def test_the_same_state_is_the_same_etag_whatever_its_version(subscriber, pool, address):
    before = await subscriber.get(address)
    await pool.execute("UPDATE campaigns.feeds SET version = version + 1")
    answer = await subscriber.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert answer.status_code == 304


async def test_a_change_is_seen_when_the_memory_has_passed(settings, pool, week, address):
    async with visiting(replace(settings, feed_memory_seconds=0.3)) as client:
        await client.get(address)
        await change(pool, week, "Fonderie")
        await asyncio.sleep(0.35)
        assert "Fonderie" in (await client.get(address)).text


async def test_many_at_once_get_the_newest_from_one_writing(subscriber, pool, week, address):
    await subscriber.get(address)
    for number in range(5):
        await change(pool, week, f"Titre {number}")
        answers = await asyncio.gather(*(subscriber.get(address) for _ in range(20)))
        assert all(f"Titre {number}" in answer.text for answer in answers)
        assert len({answer.headers["ETag"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "path", ["inconnu.ics", "semaine-pont-audemer", "", ".ics", "a/b/c.ics", "%00.ics", "x%0d%0a.ics"]
)
@pytest.mark.usefixtures("week")
async def test_what_is_not_there_is_404_in_french(subscriber, path):
    answer = await subscriber.get(f"/calendars/{path}")
    assert answer.status_code == 404
    assert "n’existe pas" in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
async def test_other_methods_are_refused_with_those_allowed(subscriber, address, method):
    answer = await subscriber.request(method, address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
