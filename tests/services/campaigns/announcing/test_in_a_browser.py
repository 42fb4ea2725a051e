"""The pages of announcing in a real browser: accessible (axe), no wider than a phone, walked from list to end."""

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser import HOME, press
from tests.services.campaigns.announcing.lists import HEAD, OF_BAYEUX, REFERENT, a_list

pytestmark = pytest.mark.anyio

PATH = "/planification/annonces"


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_a_planner_walks_from_a_list_to_what_came_of_an_announcement(open_page, planner, width):
    page = await open_page(width=width, secret=planner.member.secret)

    async def looks_well():
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width

    await page.goto(HOME + PATH)
    await looks_well()
    await page.goto(f"{HOME}{PATH}/correspondants/liste")
    await looks_well()
    await page.get_by_label("Ou la liste").fill(a_list(HEAD, REFERENT, OF_BAYEUX, "0271431A;Roy;Jo;Proviseur;"))
    await page.get_by_label("D’où vient cette liste").fill("Rectorat")
    await press(page, page.get_by_role("button", name="Relire la liste"))
    await looks_well()
    await press(page, page.get_by_role("button", name="Garder ces 3 personnes"))
    await looks_well()
    await page.goto(f"{HOME}{PATH}/nouvelle")
    await looks_well()
    await press(page, page.get_by_role("button", name="Voir le message et les destinataires"))
    await looks_well()
    await press(page, page.get_by_role("button", name="Envoyer à ces 2 personnes"))
    await looks_well()
    assert await page.get_by_role("heading", name="Terminée").is_visible()
    assert open_page.strangers == []
