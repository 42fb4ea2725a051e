"""The page of the queue in a real browser: accessible (axe), no wider than a phone, and sending stopped by a press."""

import pytest

from tests.browser import HOME, judge, press
from tests.services.campaigns.sending.test_queue import PATH, a_queue

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_the_queue_is_accessible_fits_and_is_stopped_by_a_press(open_page, sign_in, small_week, pool, width):
    await a_queue(pool)
    owner = await sign_in(small_week.organisation_id, role="owner")
    page = await open_page(width=width, secret=owner.member.secret)
    await page.goto(HOME + PATH)
    for words in ("Suspendre tous les envois", "Reprendre les envois"):
        assert (await judge(page)).violations_count == 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await press(page, page.get_by_role("button", name=words))
    assert await page.get_by_role("button", name="Suspendre tous les envois").is_visible()
