"""Words made to be taken for something else: markup, templates, lines of a calendar, formulas, headers, SQL."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.attacks.routes import filled, handlers

pytestmark = pytest.mark.anyio

WORDS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 'qz' * 3 }}{% raw %}${'qz' * 3}",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Injecté",
    "x\nBcc: tous@ailleurs.example\n\nCorps",
    "x\u2028END:VCALENDAR\u2029\x85y;,:\\",
    "\u202egnp.exe\u2066 \ufeff",
    "]]></summary><entry/>&lt;!ENTITY",
    "'; DROP TABLE campaigns.offers; --",
    '=HYPERLINK("ailleurs")',
    "</script><!--",
)
PAGES = (
    "/offres/{slug}",
    "/en/offres/{slug}",
    "/",
    "/offres/{slug}/inscription",
    "/integrer/liste",
    "/integrer/offres/{slug}",
    "/planification",
    "/planification/{slug}",
    "/planification/{slug}/places",
)


@pytest.mark.parametrize("words", WORDS)
async def test_words_stay_words_wherever_they_are_shown(pool, visitor, sign_in, small_week, words):
    planner = await sign_in(small_week.organisation_id)
    await pool.execute("UPDATE campaigns.offers SET title = $1, city = $1, summary = $1", words)
    await pool.execute("UPDATE campaigns.sessions SET title = $1, place = $1, contact = $1", words)
    await pool.execute("UPDATE campaigns.organisations SET name = $1 || id", words)
    slug = small_week.slug
    for page in PAGES:
        answer = await planner.get(page.format(slug=slug))
        assert answer.status_code == 200, page
        text = answer.text
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
        assert "qzqzqz" not in text, page
        # data for scripts is JSON that no markup can leave
        for data in re.findall(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', text, re.DOTALL):
            json.loads(data)
    feed = await visitor.get(f"/calendars/{slug}.ics")
    lines = feed.text.replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 10
    assert lines.count("BEGIN:VCALENDAR") == lines.count("END:VCALENDAR") == 1
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in lines if line)
    assert not any("\n" in line or "\r" in line for line in lines)
    for path in ("/nouveautes.atom", "/sitemap.xml"):
        ElementTree.fromstring((await visitor.get(path)).content)  # noqa: S314  # our own answer
    for path in ("/integrer/offres.json", f"/oembed?url=http://quinzaine.example/offres/{slug}", "/api/v1/offers"):
        (await visitor.get(path)).json()
    for answer in (feed, await planner.get(f"/planification/{slug}/programme.csv")):
        assert not any("\n" in value or "\r" in value for value in answer.headers.values())
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


HOSTILE_QUERIES = ("' OR '1'='1", "a:* & !b | <->()&|!:*'", "\x00")


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
async def test_every_filter_takes_any_words(sign_in, small_week, query):
    """Each GET route, with names of filters that any of them has."""
    owner = await sign_in(small_week.organisation_id, role="owner")
    names = ("q", "recherche", "vers", "ville", "secteur", "apres", "after", "page", "classe", "jour", "departement",
             "organisation", "etat", "quoi", "url", "limit", "offset", "sort")  # fmt: skip
    known = {"offer_id": small_week.offer_id, "slug": small_week.slug, "campaign_id": small_week.campaign_id,
             "organisation_id": small_week.organisation_id, "session_id": small_week.sessions[0]}  # fmt: skip
    wrong = []
    for method, path, _handler in handlers():
        if method != "GET" or path.endswith((".pdf", ".png")):
            continue
        answer = await owner.get(filled(path, known), params=dict.fromkeys(names, query), follow_redirects=False)
        if answer.status_code >= 500:
            wrong.append((path, answer.status_code))
    assert wrong == []
