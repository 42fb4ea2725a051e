"""Finding in a real browser: phone and desktop, light and dark, with axe; by keyboard; seats that move; other sites."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, Response

from services.campaigns.imports.load_demo import load_demo
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, weigh
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio

WEIGHT = 60 * 1024
OFFER = "/offres/semaine-pont-audemer"
PAGES = {
    "catalogue": "/",
    "near": "/?lieu=pont+audmer",
    "words and filters": "/?lieu=Caen&mots=batimant&secteur=s10&sans-voiture=oui",
    "a town": "/?ville=Rouen",
    "nothing found": "/?mots=zzzzzz&libres=oui&lieu=Nulle-Part",
    "how to embed": "/integrer?departement=27",
    "frame": "/integrer/liste",
    "empty frame": "/integrer/liste?departement=61",
    "unknown frame": "/integrer/liste?organisation=personne",
}


@pytest.fixture
async def demo(pool) -> dict[str, str]:
    """The demo campaign; the pages of the list and one of each kind of offer."""
    report = await load_demo(pool, Path("data/demo"), now=datetime.now(UTC))
    assert report
    assert not report.refused
    kinds = await pool.fetch("SELECT DISTINCT ON (kind) kind, slug FROM campaigns.offers WHERE status = 'published'")
    return PAGES | {row["kind"]: f"/offres/{row['slug']}" for row in kinds}


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_every_page_of_finding_is_accessible_and_stands_alone(open_page, demo, width, scheme):
    page = await open_page(width=width, scheme=scheme)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for name, path in demo.items():
        troubles.clear()
        await page.goto(HOME + path, wait_until="load")
        results = await judge(page)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert name == "unknown frame" or not troubles, (name, troubles)
    assert open_page.strangers == []
    assert await page.context.cookies() == []


@pytest.mark.parametrize("width", [320])
async def test_the_narrowest_phone_shows_everything(open_page, demo, width):
    page = await open_page(width=width, scheme="light")
    for name, path in demo.items():
        await page.goto(HOME + path, wait_until="load")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name


async def test_each_page_weighs_less_than_sixty_kilobytes(open_page, demo):
    page = await open_page(width=390, scheme="light")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # the driver marks it
    for name, path in demo.items():
        answers.clear()
        await page.goto(HOME + path, wait_until="networkidle")
        sizes = [await weigh(answer) for answer in answers]
        assert 0 < sum(sizes) < WEIGHT, (name, sizes)
        assert len(sizes) <= 5, name


@pytest.mark.usefixtures("demo")
async def test_somebody_finds_a_week_by_keyboard(open_page):
    page = await open_page(width=390, scheme="light")
    await page.goto(HOME)
    await page.focus("#lieu")
    await page.keyboard.type("pont audmer")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**lieu=pont+audmer**")
    assert await page.locator(".cover").first.inner_text() == "Cinq jours, cinq métiers à Pont-Audemer"
    assert await page.input_value("#lieu") == "pont audmer"
    await page.focus(".choices summary")
    await page.keyboard.press("Enter")
    await page.focus("#libres")
    await page.keyboard.press("Space")
    await page.click(".finder button")
    await page.wait_for_url("**libres=oui**")
    assert await page.is_checked("#libres")
    await page.focus(".map a >> nth=0")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**ville=**")


async def test_an_open_page_shows_within_seconds_that_a_seat_was_taken(open_page, pool, settings, small_week):
    page = await open_page(width=390, scheme="light")
    await page.goto(HOME + OFFER)
    assert "2 places libres" in await page.inner_text(".live")
    await page.focus(".live a")
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(1), a_pupil(2)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    await page.locator(".live").get_by_text("Complet, liste d’attente").wait_for()
    assert await page.evaluate("document.activeElement.textContent") == "Rejoindre la liste d’attente"
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()


Visit = Callable[[str], Awaitable[Page]]


@pytest.fixture
async def elsewhere(open_page) -> Visit:
    """A page of another site, whose HTML is given; ours answers what it asks of us."""

    async def open_elsewhere(html: str) -> Page:
        page = await open_page(width=1280)
        open_page.others["http://mairie.example/"] = html
        await page.goto("http://mairie.example/")
        return page

    return open_elsewhere


@pytest.mark.usefixtures("small_week")
async def test_the_element_shows_the_offers_on_another_site(elsewhere):
    page = await elsewhere(
        f'<!doctype html><html lang="fr"><title>Mairie</title><main><h1>Stages</h1>'
        f'<script async src="{HOME}/integrer/quinzaine-liste.js"></script>'
        f'<quinzaine-liste departement="27"></quinzaine-liste></main></html>'
    )
    offer = page.locator("quinzaine-liste li a")
    await offer.wait_for()
    assert await offer.inner_text() == "Semaine à Pont-Audemer"
    assert await offer.get_attribute("href") == HOME + OFFER
    await page.evaluate("document.querySelector('quinzaine-liste').setAttribute('departement', '14')")
    await page.get_by_text("Aucune offre pour le moment.").wait_for()
    await page.evaluate("document.querySelector('quinzaine-liste').setAttribute('departement', '99')")
    await page.get_by_text("Les offres ne peuvent pas être affichées ici.").wait_for()
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()
    page = await elsewhere(
        f'<!doctype html><html lang="en"><title>Town hall</title>'
        f'<script async src="{HOME}/en/integrer/quinzaine-liste.js"></script><quinzaine-liste></quinzaine-liste></html>'
    )
    await page.get_by_text("All offers on Quinzaine").wait_for()
    assert await page.locator("quinzaine-liste li a").get_attribute("href") == f"{HOME}/en{OFFER}"


@pytest.mark.usefixtures("small_week")
async def test_only_the_list_is_shown_in_another_site_s_frame(elsewhere):
    page = await elsewhere(
        f'<!doctype html><html lang="fr"><title>Mairie</title>'
        f'<iframe title="a" src="{HOME}/integrer/liste"></iframe><iframe title="b" src="{HOME}/"></iframe></html>'
    )
    await page.frame_locator("[title=a]").get_by_text("Semaine à Pont-Audemer").wait_for()
    assert await page.frame_locator("[title=b]").get_by_text("Semaine à Pont-Audemer").count() == 0


async def test_an_offer_prints_on_a4_without_what_only_a_screen_needs(open_page, small_week):
    page = await open_page(width=1280, scheme="light")
    await page.goto(f"{HOME}/offres/{small_week.slug}")
    await page.emulate_media(media="print")
    for hidden in (".bar", ".links", ".back"):
        assert not await page.locator(hidden).first.is_visible(), hidden
    pdf = await page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
