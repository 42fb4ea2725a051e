"""Embedding: what other sites may show, and what they may not."""

import re
from urllib.parse import urlencode

import msgspec
import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from shared.database import transaction
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio

ORGANISER = "federation-des-metiers"
HOME = "http://quinzaine.example"


def ancestors(answer) -> str:
    policy = answer.headers["content-security-policy"]
    return next(part.strip() for part in policy.split(";") if "frame-ancestors" in part)


async def test_only_the_frames_may_stand_in_other_sites(visitor, small_week):
    for path in ("/integrer/liste", f"/integrer/offres/{small_week.slug}", "/integrer/liste?organisation=personne"):
        assert ancestors(await visitor.get(path)) == "frame-ancestors *", path
    for path in (
        "/",
        "/integrer",
        f"/offres/{small_week.slug}",
        f"/offres/{small_week.slug}/inscription",
        "/connexion",
    ):
        assert ancestors(await visitor.get(path)) == "frame-ancestors 'none'", path


async def test_the_list_may_be_read_by_every_site_and_nothing_else(visitor, small_week):
    ours = {"Origin": "https://mairie.example"}
    readable = ("/integrer/offres.json", "/integrer/quinzaine-liste.js")
    for path in readable:
        answer = await visitor.get(path, headers=ours)
        assert answer.headers["access-control-allow-origin"] == "*", path
        assert "access-control-allow-credentials" not in answer.headers
    for path in ("/", "/integrer/liste", f"/offres/{small_week.slug}", f"/places/{small_week.slug}",
                 f"/oembed?url={HOME}/", "/api/v1/offers"):  # fmt: skip
        assert "access-control-allow-origin" not in (await visitor.get(path, headers=ours)).headers, path


async def test_the_list_holds_what_is_still_to_come_and_public(visitor, pool, small_week):
    async with transaction(pool) as connection:
        await a_week(connection, slug="brouillon", published=False)
        gone = await a_week(connection, slug="annulee")
        await cancel_offer(connection, offer_id=gone.offer_id, now=NOW)
    body = (await visitor.get("/integrer/offres.json")).json()
    assert [offer["url"] for offer in body["offers"]] == [f"{HOME}/offres/{small_week.slug}"]
    offer = body["offers"][0]
    assert (offer["state"], offer["says"], offer["free"]) == ("open", "2 places libres", 2)
    frame = read(await visitor.get("/integrer/liste"))
    assert f"/offres/{small_week.slug}" in frame.links()
    assert "/offres/annulee" not in frame.links()


@pytest.mark.usefixtures("small_week")
async def test_a_list_is_of_one_organisation_or_one_departement(visitor):
    async def count(query: str) -> int:
        return len((await visitor.get(f"/integrer/offres.json{query}")).json()["offers"])

    assert await count(f"?organisation={ORGANISER}&departement=27") == 1
    assert await count("?departement=14") == 0
    assert "Aucune offre pour le moment" in read(await visitor.get("/integrer/liste?departement=14")).text
    assert (await visitor.get(f"/integrer/offres.json?organisation={ORGANISER}&departement=27")).json()["title"] == (
        "Fédération des métiers, Eure"
    )


@pytest.mark.parametrize(
    "query",
    ["?organisation=personne", "?organisation=chantiers-de-la-risle", "?departement=99", "?organisation=%00",
     "?organisation=%27%20OR%201", "?departement=27%22%3E"],
)  # fmt: skip
@pytest.mark.usefixtures("small_week")
async def test_an_unknown_list_is_not_found(visitor, query):
    for path in ("/integrer/liste", "/integrer/offres.json", "/integrer"):
        assert (await visitor.get(path + query)).status_code == 404, path


@pytest.mark.usefixtures("small_week")
async def test_the_page_that_says_how_writes_the_code_of_the_choice(visitor):
    text = read(await visitor.get(f"/integrer?organisation={ORGANISER}&departement=27")).text
    address = f"{HOME}/integrer/liste?organisation={ORGANISER}&departement=27"
    assert f'<iframe src="{address.replace("&", "&amp;")}"' in text
    said = re.search(rf"{HOME}(/oembed[^ ]+)", text)
    assert said
    assert (await visitor.get(said[1])).json()["title"] == "Fédération des métiers, Eure"
    assert f'<quinzaine-liste organisation="{ORGANISER}" departement="27"></quinzaine-liste>' in text


async def test_oembed_gives_a_frame_for_an_offer_and_for_a_list(visitor, small_week):
    asked = {"url": f"{HOME}/offres/{small_week.slug}", "format": "json", "maxwidth": "320"}
    answer = await visitor.get(f"/oembed?{urlencode(asked)}")
    assert answer.headers["content-type"].startswith("application/json")
    body = answer.json()
    assert (body["type"], body["version"], body["width"]) == ("rich", "1.0", 320)
    assert (body["title"], body["author_name"]) == ("Semaine à Pont-Audemer", "Fédération des métiers")
    assert f'src="{HOME}/integrer/offres/{small_week.slug}"' in body["html"]
    page = await visitor.get(f"/offres/{small_week.slug}")
    link = next(link for link in read(page).all("link") if link.get("type") == "application/json+oembed")
    assert (await visitor.get(link["href"])).json()["title"] == body["title"]
    whole = (await visitor.get(f"/oembed?{urlencode({'url': f'{HOME}/integrer/liste?departement=27'})}")).json()
    assert whole["title"] == "Eure"


async def test_what_is_embedded_is_in_the_language_of_its_address(visitor, small_week):
    script = (await visitor.get("/en/integrer/quinzaine-liste.js")).text
    assert '"none":"No offers at the moment."' in script
    assert '"none":"Aucune offre pour le moment."' in (await visitor.get("/integrer/quinzaine-liste.js")).text
    body = (await visitor.get("/en/integrer/offres.json")).json()
    assert body["title"] == "All offers"
    assert body["offers"][0]["says"] == "2 seats free"
    assert body["offers"][0]["url"] == f"{HOME}/en/offres/{small_week.slug}"
    text = read(await visitor.get("/en/integrer?departement=27")).text
    assert f'<iframe src="{HOME}/en/integrer/liste?departement=27"' in text
    assert f'<script async src="{HOME}/en/integrer/quinzaine-liste.js"></script>' in text
    page = await visitor.get(f"/en/offres/{small_week.slug}")
    link = next(link for link in read(page).all("link") if link.get("type") == "application/json+oembed")
    assert f'src="{HOME}/en/integrer/offres/{small_week.slug}"' in (await visitor.get(link["href"])).json()["html"]
    whole = (await visitor.get(f"/oembed?{urlencode({'url': f'{HOME}/en'})}")).json()
    assert whole["title"] == "All offers", "the address says the language, not who asks"
    assert f'src="{HOME}/en/integrer/liste"' in whole["html"]
    (event,) = re.findall(r'<script type="application/ld.json">(.*?)</script>', page.text)
    told = msgspec.json.decode(event)
    assert (told["@id"], told["url"]) == (f"{HOME}/offres/{small_week.slug}", f"{HOME}/en/offres/{small_week.slug}")
    assert told["inLanguage"] == "fr", "what happens there is in French, whoever reads of it"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": ""}, 400),
        ({"url": f"{HOME}/", "maxwidth": "large"}, 400),
        ({"url": f"{HOME}/", "maxheight": "-1"}, 400),
        ({"url": f"{HOME}/", "format": "xml"}, 501),
        ({"url": f"{HOME}/offres/nulle-part"}, 404),
        ({"url": f"{HOME}/planification"}, 404),
        ({"url": f"{HOME}/en/planification"}, 404),
        ({"url": f"{HOME}/integrer/liste?organisation=personne"}, 404),
        ({"url": f"{HOME}.hostile.example/"}, 404),
        ({"url": "https://hostile.example/offres/semaine-pont-audemer"}, 404),
        ({"url": f"{HOME}/offres/\x00"}, 404),
        ({"url": "x" * 9_000}, 404),
    ],
)
@pytest.mark.usefixtures("small_week")
async def test_oembed_says_what_is_wrong_with_a_question(visitor, asked, status):
    assert (await visitor.get(f"/oembed?{urlencode(asked)}")).status_code == status


async def test_hostile_words_stay_words_in_frames_and_oembed(visitor, pool, small_week):
    hostile = "\"><script>alert('é')</script>"
    await pool.execute("UPDATE campaigns.offers SET title = $2, city = $2 WHERE id = $1", small_week.offer_id, hostile)
    await pool.execute("UPDATE campaigns.organisations SET name = $1", hostile)
    for path in ("/integrer/liste", f"/integrer/offres/{small_week.slug}", "/integrer"):
        assert not read(await visitor.get(path)).all("script"), path
    body = (await visitor.get(f"/oembed?url={HOME}/offres/{small_week.slug}")).json()
    assert "<script" not in body["html"]
