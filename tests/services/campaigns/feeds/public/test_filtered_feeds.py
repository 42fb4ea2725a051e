"""Filtered feeds, feeds by département and the feed of everything, over HTTP."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from services.campaigns.feeds.public import shelf as shelves
from services.campaigns.feeds.public.departements import DEPARTEMENTS
from services.campaigns.feeds.public.filters import KINDS, Filters
from services.campaigns.feeds.public.shelf import Asked
from services.campaigns.feeds.remove_tombstones import remove_tombstones
from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.folding_client import FoldingCalendar
from tests.world import MONDAY, NOW

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("weeks")]

LATER = NOW + timedelta(hours=1)
EVERYTHING = "/calendars/toutes-les-seances.ics"
SITE = {"Origin": "https://lycee.example"}


def statuses(answer) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    calendar = FoldingCalendar()
    calendar.apply(answer.content)
    found = [entry.status for entry in calendar.entries()]
    return {status: found.count(status) for status in sorted(set(found))}


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": LATER, **given})


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("toutes-les-seances.ics", 24),
        ("departement-27.ics", 14),
        ("departement-14.ics", 10),
        ("toutes-les-seances.ics?departement=27", 14),
        ("toutes-les-seances.ics?departement=27&departement=14", 24),
        ("toutes-les-seances.ics?kind=workshop", 4),
        ("toutes-les-seances.ics?kind=workshop&sector=s10", 2),
        ("deux-semaines.ics?sector=s10&departement=14", 2),
        ("chantiers-de-la-risle.ics?departement=14", 5),
        ("secteur-s10.ics?kind=collective_week", 4),
        ("semaine-caen.ics?departement=27", 0),
        ("toutes-les-seances.ics?departement=971", 0),
    ],
)
async def test_each_address_shows_what_it_asks_for(subscriber, address, count):
    answer = await subscriber.get(f"/calendars/{address}")
    assert sum(statuses(answer).values()) == count


async def test_a_filtered_feed_says_what_it_is(subscriber):
    answer = await subscriber.get(f"{EVERYTHING}?sector=s10&departement=27")
    text = answer.text.replace("\r\n ", "")
    assert "X-WR-CALNAME:Toutes les séances (Eure (27)\\, Bâtiment et travaux publics (BTP))" in text
    assert (
        "SOURCE;VALUE=URI:http://quinzaine.example/calendars/toutes-les-seances.ics?departement=27&sector=s10" in text
    )


async def test_every_order_of_a_question_has_the_same_bytes_and_etag(subscriber):
    questions = ("sector=s10&departement=27", "departement=27&sector=s10&sector=s10", "&departement=27&&sector=s10")
    answers = [await subscriber.get(f"{EVERYTHING}?{question}") for question in questions]
    assert len({answer.content for answer in answers}) == len({answer.headers["ETag"] for answer in answers}) == 1


async def test_a_filtered_feed_is_cached_like_a_whole_one(subscriber):
    address = f"{EVERYTHING}?sector=s10"
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        got = await subscriber.get(address, headers=headers)
        assert got.headers["Cache-Control"] == "public, max-age=300"
        assert got.headers["Vary"] == "Accept-Encoding"
        assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
        head = await subscriber.head(address, headers=headers)
        assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
        for condition in (
            {"If-None-Match": got.headers["ETag"]},
            {"If-Modified-Since": got.headers["Last-Modified"]},
        ):
            again = await subscriber.get(address, headers={**headers, **condition})
            assert (again.status_code, again.content) == (304, b"")


async def test_a_change_elsewhere_leaves_a_filtered_feed_its_etag(subscriber, pool, weeks):
    address = f"{EVERYTHING}?departement=14"
    known = (await subscriber.get(address)).headers["ETag"]
    await do(pool, change_session, session_id=weeks[0].sessions[0], change=SessionChange(title="Fonderie"))
    assert (await subscriber.get(address, headers={"If-None-Match": known})).status_code == 304
    await do(pool, change_session, session_id=weeks[1].sessions[0], change=SessionChange(title="Fonderie"))
    answer = await subscriber.get(address, headers={"If-None-Match": known})
    assert "Fonderie" in answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("secteur=s10", None), ("sector=s99", "sector"), ("departement=99", "departement"), ("kind=", "kind")],
)
@pytest.mark.parametrize("form", ["ics", "json"])
async def test_an_unknown_filter_is_answered_with_those_known(subscriber, query, field, form):
    answer = await subscriber.get(f"/calendars/toutes-les-seances.{form}?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    problem = answer.json()
    assert (problem["status"], problem["title"], problem.get("field")) == (400, "unknown-filter", field)
    assert set(problem["known"]) == {"sector", "departement", "kind"}
    assert problem["known"]["departement"]["27"] == "Eure (27)"
    assert problem["known"]["sector"]["s10"].startswith("Bâtiment")
    assert set(problem["known"]["kind"]) == set(KINDS)


async def test_a_slug_nobody_has_is_404_with_and_without_filters(subscriber):
    for address in ("inconnu.ics", "inconnu.ics?sector=s10", "inconnu.json", "departement-75.ics", "x" * 300 + ".ics"):
        answer = await subscriber.get(f"/calendars/{address}")
        assert answer.status_code == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_session_that_changes_its_sector_is_cancelled_where_it_was_and_goes_on_where_it_is(
    subscriber, pool, weeks
):
    before = await subscriber.get("/calendars/secteur-s10.ics")
    assert statuses(before) == {"CONFIRMED": 6}
    await do(pool, edit_day, offer_id=weeks[0].offer_id, date=MONDAY, sector="s18")
    after = await subscriber.get("/calendars/secteur-s10.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert statuses(after) == {"CANCELLED": 2, "CONFIRMED": 4}
    assert "elle a changé de secteur" in after.text.replace("\r\n ", "")
    for address in ("/calendars/secteur-s18.ics", EVERYTHING, f"{EVERYTHING}?sector=s18&sector=s10"):
        assert "CANCELLED" not in statuses(await subscriber.get(address))
    assert statuses(await subscriber.get(f"{EVERYTHING}?sector=s10")) == {"CANCELLED": 2, "CONFIRMED": 4}
    assert statuses(await subscriber.get(f"{EVERYTHING}?sector=s10&departement=14")) == {"CONFIRMED": 2}


async def test_a_session_that_comes_back_is_newer_than_its_tombstone(subscriber, pool, weeks):
    stamps = []
    for minutes, sector in enumerate(("s18", "s10")):
        now = LATER + timedelta(minutes=minutes)
        await do(pool, edit_day, offer_id=weeks[0].offer_id, date=MONDAY, sector=sector, now=now)
        answer = await subscriber.get("/calendars/secteur-s10.ics")
        event = answer.text.split(str(weeks[0].sessions[0]))[0].rsplit("BEGIN:VEVENT", 1)[1]
        stamps.append(event.partition("DTSTAMP:")[2][:16])
    assert statuses(answer) == {"CONFIRMED": 6}
    assert stamps == sorted(set(stamps))


async def test_a_session_that_moves_to_another_departement_leaves_the_first(subscriber, pool, weeks):
    change = SessionChange(place="Mairie, 76000 Rouen", site_id=None)
    await do(pool, change_session, session_id=weeks[0].sessions[0], change=change, ask_host=False)
    assert statuses(await subscriber.get("/calendars/departement-27.ics")) == {"CANCELLED": 1, "CONFIRMED": 13}
    assert statuses(await subscriber.get("/calendars/departement-76.ics")) == {"CONFIRMED": 1}
    assert statuses(await subscriber.get("/calendars/departement-76.json".replace("json", "ics"))) == {"CONFIRMED": 1}


async def test_a_tombstone_goes_after_90_days_from_filtered_feeds_too(subscriber, pool, weeks):
    await do(pool, edit_day, offer_id=weeks[0].offer_id, date=MONDAY, sector="s18")
    await do(pool, cancel_session, session_id=weeks[0].sessions[2])
    assert await do(pool, remove_tombstones, now=LATER + timedelta(days=90, seconds=-1)) == 0
    assert await do(pool, remove_tombstones, now=LATER + timedelta(days=90)) == 3
    assert statuses(await subscriber.get("/calendars/secteur-s10.ics")) == {"CONFIRMED": 4}
    assert statuses(await subscriber.get(f"{EVERYTHING}?departement=27")) == {"CONFIRMED": 13}
    assert await do(pool, remove_tombstones, now=LATER + timedelta(days=91)) == 0


async def test_an_online_session_is_wherever_its_offer_s_others_are(subscriber, pool, weeks):
    for session_id in weeks[0].sessions[:2]:
        change = SessionChange(place="En ligne", site_id=None)
        await do(pool, change_session, session_id=session_id, change=change, ask_host=False)
    assert statuses(await subscriber.get("/calendars/departement-27.ics")) == {"CONFIRMED": 14}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 rue du Quai, 27500 Pont-Audemer", "27"),
        ("12345 boîtes, 01000 Bourg", "01"),
        ("20167 Mezzavia", "2A"),
        ("20200 Bastia", "2B"),
        ("97110 Pointe-à-Pitre", "971"),
        ("98800 Nouméa", "988"),
        ("F-76000 Rouen", "76"),
        ("SIRET 27500000000012", None),
        ("00000 Nulle part", None),
        ("En ligne", None),
        ("", None),
    ],
)
async def test_a_departement_is_known_by_the_last_postcode(pool, text, code):
    assert await pool.fetchval("SELECT campaigns.departement_of($1)", text) == code
    assert code is None or code in DEPARTEMENTS


async def test_a_flood_of_questions_asks_the_database_once_and_fills_no_memory(new_shelf, monkeypatch):
    shelf = new_shelf(memory_seconds=60)
    await shelf.fetch(Asked("deux-semaines", "ics", "fr"))
    asked = 0

    async def counted(*given):
        nonlocal asked
        asked += 1
        return await read_state(*given)

    read_state = shelves.read_state
    monkeypatch.setattr(shelves, "read_state", counted)
    pairs = itertools.islice(itertools.combinations(DEPARTEMENTS, 2), 3_000)
    questions = [Asked("toutes-les-seances", "ics", "fr", Filters(departement=pair)) for pair in pairs]
    await asyncio.gather(*(shelf.fetch(question) for question in questions))
    assert asked == 1
    assert len(shelf.filtered) <= shelves.FILTERED_AT_MOST
    assert shelf.filtered.size <= shelves.FILTERED_BYTES_AT_MOST
    assert shelf.recent(Asked("deux-semaines", "ics", "fr")) is not None
    assert not shelf._locks


async def test_a_feed_too_big_for_the_rest_is_kept_alone(new_shelf):
    shelf = new_shelf(memory_seconds=60)
    shelf.whole._bytes_at_most = 1_000
    for slug in ("deux-semaines", "semaine-caen", "toutes-les-seances"):
        await shelf.fetch(Asked(slug, "ics", "fr"))
    assert len(shelf.whole) == 1
    assert shelf.recent(Asked("toutes-les-seances", "ics", "fr")) is not None


async def test_pages_of_any_site_may_read_public_feeds(subscriber, weeks):
    for address in (f"/calendars/{weeks[0].slug}.ics", "/calendars/toutes-les-seances.json?sector=s10"):
        asked = await subscriber.options(
            address,
            headers={**SITE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"},
        )
        assert asked.status_code == 204
        assert asked.headers["Access-Control-Allow-Origin"] == "*"
        assert "GET" in asked.headers["Access-Control-Allow-Methods"]
        assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
        got = await subscriber.get(address, headers=SITE)
        known = await subscriber.get(address, headers={**SITE, "If-None-Match": got.headers["ETag"]})
        assert (got.status_code, known.status_code) == (200, 304)
        for answer in (got, known):
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
            assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_no_site_s_page_reads_a_personal_feed(subscriber, weeks, register, personal_address):
    (mine,) = await register(weeks[0], 1)
    for address in (personal_address(mine["pupil_id"]), "/calendars/personal/inconnu.ics"):
        for answer in (await subscriber.get(address, headers=SITE), await subscriber.options(address, headers=SITE)):
            assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.status_code == 405


async def test_below_en_a_feed_is_said_in_english(subscriber, pool, weeks):
    await do(pool, edit_day, offer_id=weeks[0].offer_id, date=MONDAY, sector="s18")
    french, english = [await subscriber.get(f"{before}{EVERYTHING}?sector=s10") for before in ("", "/en")]
    text = english.text.replace("\r\n ", "")
    assert "X-WR-CALNAME:All sessions (" in text
    assert "its sector\\, place or company has changed" in text
    assert "URL:http://quinzaine.example/en/offres/semaine-caen" in text
    assert "9:00–12:00: Visite" in text
    assert french.headers["ETag"] != english.headers["ETag"]
    assert statuses(french) == statuses(english)
