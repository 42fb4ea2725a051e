"""The connection is lost in the middle of the form: the draft is kept, sent once when it is back, and told once."""

import pytest
from playwright.async_api import expect

from tests.browser import press
from tests.stories.calendars import days_of
from tests.stories.story import begin
from tests.stories.walk import SCREENS, fill_in, mail_with, open_path, status_of

pytestmark = pytest.mark.anyio


async def test_what_was_written_goes_once_when_the_connection_is_back(open_page, running):
    story = await begin(running)
    page = await open_page(**SCREENS["phone"])
    await open_path(page, story, f"/offres/{story.week.slug}")
    await press(page, page.locator(".bar").get_by_role("link", name="S’inscrire"))
    await fill_in(page, story, 0)
    await page.context.set_offline(True)
    for button in ("main form button[type=submit]", "[data-again]", "[data-again]"):
        await page.click(button)
        await expect(page.locator("[data-lost]")).to_be_visible()
    assert len(await page.evaluate("Object.keys(localStorage)")) == 1
    assert await status_of(story) == []
    async with page.expect_navigation(url="**/inscriptions/*"):
        await page.context.set_offline(False)
    assert await page.locator("h1").inner_text() == "Votre place est confirmée"
    assert await page.evaluate("Object.keys(localStorage)") == []
    await story.settled()
    assert await status_of(story) == ["confirmed"]
    (told,) = story.to(0)
    assert len(days_of([told])) == 5

    # the personal page is left in a tunnel: its buttons wait, nothing is done twice
    _, link = await mail_with(story, story.address(0), "/inscriptions")
    await open_path(page, story, f"{link}/retrait")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Renoncer à l’inscription").click()
    assert await status_of(story) == ["confirmed"]
    await page.context.set_offline(False)
    await open_path(page, story, f"{link}/retrait")
    await press(page, page.get_by_role("button", name="Renoncer à l’inscription"))
    await story.settled()
    assert await status_of(story) == ["withdrawn"]
    assert len(story.to(0)) == 2
