"""The pages of webinars in a real browser: accessible (axe), no wider than a phone, walked from plan to end."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser import HOME, press
from tests.services.campaigns.announcing.lists import HEAD, OF_BAYEUX, REFERENT
from tests.services.campaigns.announcing.test_correspondents import keep

pytestmark = pytest.mark.anyio

PATH = "/planification/annonces/webinaires"


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_a_planner_walks_from_a_plan_to_its_cancellation(open_page, planner, width):
    await keep(planner, HEAD, REFERENT, OF_BAYEUX)
    page = await open_page(width=width, secret=planner.member.secret)

    async def looks_well():
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width

    await page.goto(HOME + PATH)
    await looks_well()
    await press(page, page.get_by_role("link", name="Préparer un webinaire"))
    await press(page, page.get_by_role("button", name="Voir le message"))
    await looks_well()
    await page.get_by_label("Titre").fill("Préparer juin avec vos élèves")
    await page.get_by_label("Jour").fill((datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    await page.get_by_label("Début").fill("17:30")
    await page.get_by_label("Fin").fill("18:30")
    await page.get_by_label("Lien du webinaire").fill("https://visio.example/" + "juin-avec-vos-eleves-" * 9)
    await press(page, page.get_by_role("button", name="Voir le message"))
    await looks_well()
    await press(page, page.get_by_role("button", name="Inviter 3 personnes"))
    await looks_well()
    await press(page, page.get_by_role("link", name="Modifier"))
    await looks_well()
    await page.get_by_label("Fin").fill("19:00")
    await press(page, page.get_by_role("button", name="Enregistrer et prévenir"))
    await page.get_by_text("Annuler le webinaire").click()
    await looks_well()
    await press(page, page.get_by_role("button", name="Annuler pour de bon"))
    await looks_well()
    assert await page.get_by_text("Annulé").is_visible()
    assert open_page.strangers == []
