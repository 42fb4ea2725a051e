"""The way into an agenda in a real browser: from an offer, from a mail's link; phone and desktop, light and dark."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import HOME, judge, press
from tests.services.campaigns.subscribing.conftest import entries

pytestmark = pytest.mark.anyio

PICTURES = os.environ.get("QUINZAINE_PICTURES", "")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1"
# px: what a thumb hits
THUMB = 44


async def check(page: Page, name: str, width: int, scheme: str = "light") -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
    results = await judge(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
async def test_the_pages_are_accessible_and_no_wider_than_a_phone(
    open_page, signer, family, planner, small_week, width, scheme
):
    page = await open_page(
        width=width, user_agent=IPHONE if width < 800 else None, scheme=scheme, secret=planner.member.secret
    )
    for name, path in (
        ("public", f"/agenda/{small_week.slug}"),
        ("pupil", f"/agenda/personal/{signer.token('feed', family[0]['pupil_id'])}"),
        ("guardian", f"/en/agenda/famille/{signer.token('family_feed', family[0]['guardian_id'])}"),
        ("renewed", "/agenda/adresse/renouvelee"),
        ("own", "/compte/agenda"),
        ("place", f"/inscriptions/{signer.token('registration', family[0]['id'])}"),
    ):
        await page.goto(HOME + path)
        for details in await page.locator("main details").all():
            await details.evaluate("one => one.open = true")
        await check(page, f"agenda-{name}", width, scheme)
    assert open_page.strangers == []


async def test_from_the_offer_to_the_agenda_of_a_phone(open_page, visitor, small_week):
    page = await open_page(width=360, height=740, user_agent=IPHONE)
    await page.goto(f"{HOME}/offres/{small_week.slug}")
    await press(page, "text=Ajouter à mon agenda")
    first = page.locator(".ways li").first.locator("a")
    assert (await first.inner_text()).strip() == "L’agenda de cet appareil"
    address = await first.get_attribute("href")
    box = await first.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert box["y"] < 740, "without scrolling"
    feed = await visitor.get(address.replace("webcal://quinzaine.example", ""))
    assert len(entries(feed)) == 10
    assert open_page.strangers == []


@pytest.mark.parametrize("script", [True, False])
async def test_a_pupil_asks_for_the_calendar_follows_the_mail_and_renews_it(
    open_page, visitor, signer, family, pool, script
):
    camille, _leo = family
    page = await open_page(width=360, height=740, user_agent=IPHONE, script=script)
    await page.goto(f"{HOME}/inscriptions/{signer.token('registration', camille['id'])}")
    await press(page, "text=Recevoir mon calendrier par e-mail")
    assert "c…@eleve.example" in await page.locator("main").inner_text()
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'calendar.requested'") == 1
    token = signer.token("feed", camille["pupil_id"])
    await page.goto(f"{HOME}/agenda/personal/{token}")
    await page.click("summary >> text=tombée dans d’autres mains")
    await press(page, "button >> text=Renouveler l’adresse")
    assert "est partie par e-mail" in await page.locator("h1").inner_text()
    assert (await visitor.get(f"/calendars/personal/{token}.ics")).status_code == 404
    renewed = await visitor.get(f"/calendars/personal/{signer.token('feed', camille['pupil_id'], 2)}.ics")
    assert len(entries(renewed)) == 10
    assert open_page.strangers == []
