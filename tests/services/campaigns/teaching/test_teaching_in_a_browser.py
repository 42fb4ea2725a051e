"""The teacher's pages in a real browser: phone and desktop, light and dark, with axe; on paper; without script."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from services.campaigns.imports.load_demo import load_demo
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.world import NOW, a_member

pytestmark = pytest.mark.anyio

PICTURES = os.environ.get("QUINZAINE_PICTURES", "")
PUPILS = "/planification/eleves"


@pytest.fixture
async def secrets(pool, settings):
    """The teacher of the demo and the head of their school, signed in."""
    report = await load_demo(pool, Path("data/demo"), now=NOW, signer=Signer(settings.secret_keys))
    assert report is not None
    found = {}
    async with transaction(pool) as connection:
        rows = await connection.fetch(
            """
            SELECT m.role, m.organisation_id, a.email FROM campaigns.members m
            JOIN campaigns.organisations o ON o.id = m.organisation_id AND o.kind = 'school'
            JOIN campaigns.accounts a ON a.person_id = m.person_id
            """
        )
        for row in rows:
            member = await a_member(connection, row["organisation_id"], role=row["role"], email=row["email"])
            found[row["role"]] = member.secret
    return found


async def check(page: Page, name: str, width: int, scheme: str = "light") -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
    results = await judge(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_the_pages_are_accessible_and_no_wider_than_a_phone(open_page, secrets, width, scheme):
    page = await open_page(secret=secrets["teacher"], width=width, scheme=scheme)
    for name, path in (
        ("pupils", PUPILS),
        ("nothing", f"{PUPILS}?etat=nothing"),
        ("day", f"{PUPILS}/jour?date=2027-06-15"),
        ("no day", f"{PUPILS}/jour?date=2027-06-20"),
        ("room", f"{PUPILS}/offres"),
        ("no room", f"{PUPILS}/offres?lieu=Nulle-Part"),
        ("proposal", f"{PUPILS}/visites/proposition"),
        ("list", f"{PUPILS}/liste"),
    ):
        await page.goto(HOME + path)
        for details in await page.locator("details").all():
            await details.evaluate("one => one.open = true")
        await check(page, name, width, scheme)
    await page.goto(f"{HOME}{PUPILS}/visites/proposition")
    await press(page, "text=Garder ces visites")
    await page.wait_for_selector("h1 >> text=visites prévues")
    await page.locator("details.fold").first.evaluate("one => one.open = true")
    await check(page, "visits", width, scheme)
    await page.fill("input[type=time] >> nth=0", "07:00")
    async with page.expect_navigation():
        await page.locator(".visit-form").first.evaluate("form => { form.noValidate = true; form.submit() }")
    await page.wait_for_selector(".summary")
    await check(page, "visit fault", width, scheme)
    await page.goto(f"{HOME}{PUPILS}/liste")
    await page.fill("#list", "Dupré;\nRoy;Jo")
    await press(page, "text=Relire la liste")
    await page.wait_for_selector(".summary")
    await check(page, "list fault", width, scheme)
    await page.fill("#list", "Dupré;Camille\nRoy;Jo")
    await press(page, "text=Relire la liste")
    await page.wait_for_selector("text=2 élèves lus")
    await check(page, "list preview", width, scheme)
    page = await open_page(secret=secrets["owner"], width=width, scheme=scheme)
    await page.goto(HOME + PUPILS)
    await check(page, "head", width, scheme)


async def test_from_who_has_nothing_to_a_place_and_a_visit_without_any_script(open_page, visitor, pool, secrets):
    """A list brought once, who has nothing, an offer with room, the class form filled in, a visit, the calendar."""
    page = await open_page(secret=secrets["teacher"], width=360, script=False)
    await page.goto(HOME + "/planification")
    assert "5 élèves n’ont rien" in await page.inner_text("h1")
    first = await page.inner_text("tbody >> nth=0")
    assert "Mauger Elias" in first
    assert "n’a rien" in first
    await press(page, "text=Inscrire mes élèves sans rien")
    await page.select_option("#genre", "information_morning")
    await page.fill("#lieu", "évreux")
    await press(page, "text=Afficher")
    assert "lieu=%C3%A9vreux" in page.url
    await press(page, page.locator("a.button", has_text="Inscrire mes élèves sans rien").first)
    filled = await page.input_value("#list")
    assert "Quibel;Inès;ines.quibel@trois-ponts-eleves.example" in filled
    # one of them has no address: who brought the list adds it
    assert "Ozanne;Célestin;" in filled
    await page.fill("#list", filled.replace("Ozanne;Célestin;", "Ozanne;Célestin;celestin.ozanne@famille.example"))
    await press(page, "text=Relire la liste avant d’inscrire")
    await press(page, "text=Inscrire ces 5 élèves")
    await page.goto(HOME + PUPILS)
    assert "Chaque élève a quelque chose" in await page.inner_text("h1")
    await press(page, "nav >> text=Visites")
    await press(page, "text=Proposer un plan")
    await press(page, "text=Garder ces visites")
    planned = await pool.fetchval("SELECT count(*) FROM campaigns.visits")
    assert planned > 2
    assert f"{planned} visites prévues" in await page.inner_text("h1")
    link = await page.get_attribute("a[download]", "href")
    file = await visitor.get(link, headers={"cookie": f"quinzaine={secrets['teacher']}"})
    assert file.text.count("BEGIN:VEVENT") == planned


async def test_the_pages_are_lists_on_paper(open_page, secrets):
    page = await open_page(secret=secrets["teacher"], width=1280)
    for name, path in (("pupils", PUPILS), ("day", f"{PUPILS}/jour?date=2027-06-15"), ("visits", f"{PUPILS}/visites")):
        await page.goto(HOME + path)
        await page.emulate_media(media="print")
        assert not await page.locator("nav.rooms").first.is_visible()
        assert not await page.locator(".button").first.is_visible()
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"paper {name}.png", full_page=True)
        await page.emulate_media(media="screen")
    await page.goto(f"{HOME}{PUPILS}/jour?date=2027-06-15")
    await page.emulate_media(media="print")
    assert await page.locator("tbody tr").first.is_visible()
    assert await page.locator("a[href^='tel:']").first.is_visible()
