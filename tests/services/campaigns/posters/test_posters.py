"""Posters: a sheet of an offer that prints, and a code that leads to it."""

import re
from xml.etree.ElementTree import fromstring

import pytest

from services.campaigns.posters.card import HEIGHT, WIDTH
from services.campaigns.posters.code import draw_code
from services.campaigns.posters.print_room import PosterNotSet, PrintRoom
from services.campaigns.posters.sheet import DAYS_AT_MOST, Says, Sheet, lay_out
from shared.languages import speaking
from tests.world import a_week

pytestmark = pytest.mark.anyio

HOSTILE = '#panic("x") *gras* $x^2$ @renvoi <nom> // \\ ] [ #import "/etc/passwd" — 🎉 مرحبا \x01'


def a_sheet(**changes: str) -> Sheet:
    words = dict.fromkeys(("kind", "title", "when", "city", "summary", "organisation"), "Mot")
    says = Says(**dict.fromkeys(("code", "register", "read", "offered", "question"), "Mot"))
    return Sheet(
        **{
            **words,
            "lines": (),
            "more": "",
            "address": "q.example",
            "code": draw_code("x"),
            "language": "fr",
            "says": says,
            **changes,
        }
    )  # type: ignore[arg-type]


async def test_a_poster_is_one_page_of_pdf_that_is_made_once(visitor, small_week):
    address = f"/offres/{small_week.slug}/affiche.pdf"
    first = await visitor.get(address)
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", first.content)) == 1
    assert b"/StructTreeRoot" in first.content
    assert (await visitor.get(address)).content == first.content
    again = await visitor.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_hostile_and_long_words_stay_words_on_one_page(visitor, pool, small_week):
    await pool.execute("UPDATE campaigns.offers SET title = $2, summary = $3, contact = $2, city = $2 WHERE id = $1",
                       small_week.offer_id, HOSTILE, HOSTILE * 20)  # fmt: skip
    await pool.execute("UPDATE campaigns.organisations SET name = $1", HOSTILE)
    poster = await visitor.get(f"/offres/{small_week.slug}/affiche.pdf")
    assert poster.status_code == 200
    assert len(re.findall(rb"/Type\s*/Page\b", poster.content)) == 1


async def test_the_sheet_names_each_day_with_its_sector_and_hosts(pool):
    from services.campaigns.catalogue.read import read_listing
    from services.campaigns.offers.read import read_programme

    async with pool.acquire() as connection:
        week = await a_week(connection)
        listing = await read_listing(connection, week.slug)
        sheet = lay_out(
            listing, await read_programme(connection, week.offer_id), address="https://q.example/offres/semaine"
        )
    assert len(sheet.lines) == 5 <= DAYS_AT_MOST
    assert sheet.lines[0].day == "Lundi 14 juin, 9 h–16 h"
    assert sheet.lines[0].sector == "Bâtiment et travaux publics (BTP)"
    assert sheet.lines[0].hosts == "Chantiers de la Risle, Énergies du Marais"
    assert sheet.address == "q.example/offres/semaine"
    assert sheet.says.offered.startswith("Gratuit. Proposé par Fédération des métiers, dans « ")


async def test_a_poster_is_in_the_language_of_the_page_it_is_taken_from(visitor, pool, small_week):
    from services.campaigns.catalogue.read import read_listing
    from services.campaigns.offers.read import read_programme

    address = f"/offres/{small_week.slug}/affiche.pdf"
    french, english = [await visitor.get(path) for path in (address, f"/en{address}")]
    assert b"/Lang(fr" in french.content
    assert b"/Lang(en" in english.content
    assert french.headers["etag"] != english.headers["etag"]
    async with pool.acquire() as connection:
        listing = await read_listing(connection, small_week.slug)
        programme = await read_programme(connection, small_week.offer_id)
    with speaking("en"):
        sheet = lay_out(listing, programme, address=f"https://q.example/en/offres/{small_week.slug}")
    assert sheet.says.register == "Register with a phone"
    assert sheet.says.read == "Scan this code, or open"
    assert sheet.lines[0].day == "Monday 14 June, 9:00–16:00"
    code = (await visitor.get(f"/en/offres/{small_week.slug}/code.svg")).text
    assert code == draw_code(f"http://quinzaine.example/en/offres/{small_week.slug}"), "it leads to the page it is from"


async def test_the_code_is_a_drawing_of_the_offer_s_address(visitor, small_week):
    answer = await visitor.get(f"/offres/{small_week.slug}/code.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    drawing = fromstring(answer.content)  # noqa: S314  # our own words
    assert drawing.tag.endswith("svg")
    assert answer.text == draw_code(f"http://quinzaine.example/offres/{small_week.slug}")


async def test_an_offer_that_is_not_public_has_neither(visitor, pool):
    async with pool.acquire() as connection:
        await a_week(connection, slug="brouillon", published=False)
    for slug in ("brouillon", "nulle-part"):
        assert (await visitor.get(f"/offres/{slug}/affiche.pdf")).status_code == 404
        assert (await visitor.get(f"/offres/{slug}/code.svg")).status_code == 404


async def test_a_sheet_that_cannot_be_set_is_refused_and_the_next_one_is_set():
    room = PrintRoom()
    with pytest.raises(PosterNotSet):
        await room.print_sheet(a_sheet(code="no drawing"))
    assert (await room.print_sheet(a_sheet())).body.startswith(b"%PDF-")


def test_the_typesetter_is_not_loaded_by_the_web_process():
    import subprocess
    import sys

    loaded = "import sys, services.campaigns.web; print('typst' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


async def test_who_shares_an_offer_shares_a_picture_that_may_be_kept_for_ever(visitor, pool, small_week):
    shared = (await visitor.get(f"/offres/{small_week.slug}")).text
    (address,) = re.findall(r'<meta property="og:image" content="([^"]+)">', shared)
    assert address.startswith("http://quinzaine.example/offres/")
    path = address.removeprefix("http://quinzaine.example")
    picture = await visitor.get(path)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(picture.content[at : at + 4]) for at in (16, 20))
    assert (width, height) == (WIDTH, HEIGHT)
    assert len(picture.content) < 300_000
    assert path in (await visitor.get(f"/en/offres/{small_week.slug}")).text, "one picture, whoever reads"
    await pool.execute("UPDATE campaigns.offers SET taken = taken + 1 WHERE id = $1", small_week.offer_id)
    assert path in (await visitor.get(f"/offres/{small_week.slug}")).text, "seats are not on it"
    await pool.execute("UPDATE campaigns.offers SET title = $2, city = $2 WHERE id = $1", small_week.offer_id, HOSTILE)
    assert path not in (await visitor.get(f"/offres/{small_week.slug}")).text
    newer = await visitor.get(path)
    assert newer.status_code == 200
    assert newer.headers["cache-control"] == "public, max-age=300"
    assert newer.content != picture.content
    assert (await visitor.get("/offres/nulle-part/carte/x.png")).status_code == 404
