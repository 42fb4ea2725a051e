"""What machines are told: Atom, sitemap, robots, Open Graph, schema.org; and the seats of an open page."""

import re
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

A = "{http://www.w3.org/2005/Atom}"
S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOSTILE = "</script><script>alert('é')</script> & \"'"


def event_of(html: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return msgspec.json.decode(found[1])


def meta_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', html))


def xml_of(content: bytes) -> Element:
    return fromstring(content)  # noqa: S314  # our own words


async def test_new_offers_are_news_once_they_are_public(visitor, pool):
    async with transaction(pool) as connection:
        await a_week(connection, slug="brouillon", published=False)
    empty = xml_of((await visitor.get("/nouveautes.atom")).content)
    assert empty.findall(f"{A}entry") == []
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="premiere")
    async with transaction(pool) as connection:
        await a_week(connection, slug="seconde")
    answer = await visitor.get("/nouveautes.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = xml_of(answer.content)
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{A}{name}") is not None, name
    entries = feed.findall(f"{A}entry")
    links = [entry.find(f"{A}link").attrib["href"] for entry in entries]
    assert links == ["http://quinzaine.example/offres/seconde", "http://quinzaine.example/offres/premiere"]
    assert entries[1].findtext(f"{A}id") == f"urn:uuid:{week.offer_id}"
    for entry in entries:
        moments = [datetime.fromisoformat(entry.findtext(f"{A}{name}") or "") for name in ("published", "updated")]
        assert all(moment.tzinfo for moment in moments)
        assert moments[1] >= moments[0]


@pytest.mark.usefixtures("small_week")
async def test_news_that_are_known_are_not_sent_again(visitor):
    first = await visitor.get("/nouveautes.atom")
    again = await visitor.get("/nouveautes.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await visitor.get("/nouveautes.atom", headers={"If-None-Match": '"autre"'})
    assert other.content == first.content


async def test_what_xml_cannot_hold_does_not_break_the_feed(visitor, pool, small_week):
    await pool.execute("UPDATE campaigns.offers SET title = $2 WHERE id = $1", small_week.offer_id, "a\x01b <c> & ]]>")
    feed = xml_of((await visitor.get("/nouveautes.atom")).content)
    assert feed.findtext(f"{A}entry/{A}title") == "a b <c> & ]]>"


async def test_the_sitemap_names_every_public_offer_and_robots_find_it(visitor, pool, small_week):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="annulee")
        await a_week(connection, slug="brouillon", published=False)
        await cancel_offer(connection, offer_id=other.offer_id, now=NOW)
    places = [place.text for place in xml_of((await visitor.get("/sitemap.xml")).content).iter(f"{S}loc")]
    assert places == ["http://quinzaine.example/", f"http://quinzaine.example/offres/{small_week.slug}"]
    robots = (await visitor.get("/robots.txt")).text
    assert "Sitemap: http://quinzaine.example/sitemap.xml" in robots
    assert "Disallow: /inscriptions/" in robots


async def test_an_offer_tells_machines_what_it_is(visitor, small_week):
    html = (await visitor.get(f"/offres/{small_week.slug}")).text
    event = event_of(html)
    assert event["@type"] == "Event"
    assert event["name"] == "Semaine à Pont-Audemer"
    assert (event["startDate"], event["endDate"]) == ("2027-06-14T07:00:00+00:00", "2027-06-18T14:00:00+00:00")
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["location"]["address"]["addressLocality"] == "Pont-Audemer"
    assert event["remainingAttendeeCapacity"] == 2
    assert event["offers"]["availability"] == "https://schema.org/InStock"
    assert len(event["subEvent"]) == 5
    meta = meta_of(html)
    assert meta["title"] == "Semaine à Pont-Audemer"
    assert meta["url"] == f"http://quinzaine.example/offres/{small_week.slug}"


async def test_a_cancelled_offer_says_so_to_machines(visitor, pool, small_week):
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=small_week.offer_id, now=NOW)
    event = event_of((await visitor.get(f"/offres/{small_week.slug}")).text)
    assert event["eventStatus"] == "https://schema.org/EventCancelled"
    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


async def test_hostile_words_end_no_script(visitor, pool, small_week):
    await pool.execute("UPDATE campaigns.offers SET title = $2, summary = $2, city = $2 WHERE id = $1",
                       small_week.offer_id, HOSTILE)  # fmt: skip
    html = (await visitor.get(f"/offres/{small_week.slug}")).text
    assert event_of(html)["name"] == HOSTILE
    assert html.count("<script") == 2
    assert "<script>alert" not in html


async def test_seats_are_said_as_they_are_now_and_only_sent_when_they_changed(visitor, pool, settings, small_week):
    address = f"/places/{small_week.slug}"
    assert address in (await visitor.get(f"/offres/{small_week.slug}")).text
    first = await visitor.get(address)
    assert "2 places libres" in read_part(first.text)
    assert len(first.content) < 2_000
    again = await visitor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(1), a_pupil(2)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    visitor.app.state.edge.seats._held.clear()
    later = await visitor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    assert "Complet, liste d’attente" in read_part(later.text)
    assert "Rejoindre la liste d’attente" in later.text


async def test_seats_of_an_unknown_offer_or_a_draft_are_not_found(visitor, pool):
    async with transaction(pool) as connection:
        await a_week(connection, slug="brouillon", published=False)
    for slug in ("brouillon", "nulle-part", "%00", "%FF", "x" * 3000, ""):
        answer = await visitor.get(f"/places/{slug}")
        assert answer.status_code == 404, slug
    assert (await visitor.post("/places/brouillon")).status_code == 405


def read_part(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_an_offer_in_english_is_a_page_of_its_own(visitor, small_week):
    french = (await visitor.get(f"/offres/{small_week.slug}")).text
    english = (await visitor.get(f"/en/offres/{small_week.slug}")).text
    home = "http://quinzaine.example"
    assert f'<link rel="canonical" href="{home}/offres/{small_week.slug}">' in french
    assert f'<link rel="canonical" href="{home}/en/offres/{small_week.slug}">' in english
    for words in ("All offers", "Day by day", "Ask a question", "seats free"):
        assert words in english
