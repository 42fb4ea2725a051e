"""Who waits reads their rank, is offered the seat that came free by mail, and accepts it on one page."""

import pytest

from tests.browser import press
from tests.stories.calendars import days_of
from tests.stories.story import begin
from tests.stories.walk import SCREENS, fill_in, mail_with, open_path, status_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("screen", "script"), [("phone", False), ("desktop", True)], ids=["phone", "desktop"])
async def test_the_next_in_the_queue_gets_the_seat_that_came_free(open_page, running, screen, script):
    story = await begin(running, seats=1)
    seated = await story.register(5)
    page = await open_page(**SCREENS[screen], script=script)
    await open_path(page, story, f"/offres/{story.week.slug}")
    await press(page, page.locator(".bar").get_by_role("link", name="Rejoindre la liste d’attente"))
    await fill_in(page, story, 0)
    await press(page, "main form button[type=submit]")
    assert "en tête de la liste d’attente" in await page.locator("h1").inner_text()
    assert "Il faut qu’une place se libère." in await page.locator(".queue-facts").inner_text()
    assert await status_of(story) == ["confirmed", "waiting"]
    await story.settled()

    await story.answer(seated["token"], "withdrawal")
    await story.settled()
    _, link = await mail_with(story, story.address(0), "/inscriptions", after=1)
    await open_path(page, story, link.removesuffix("/acceptation"))
    assert await page.locator("h1").inner_text() == "Une place vous est proposée"
    await press(page, page.get_by_role("button", name="Accepter la place"))
    assert await page.locator("h1").inner_text() == "Votre place est confirmée"
    await story.settled()
    assert await status_of(story) == ["withdrawn", "confirmed"]
    assert len(days_of(story.to(0))) == 5
    assert days_of(story.to(5)) == {}
