"""The way into an agenda in a real browser: from an offer, from a mail's link; phone and desktop, light and dark."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, async_playwright

from infra.contact_sheet import QUIET
from tests.services.campaigns.subscribing.conftest import entries

pytestmark = pytest.mark.anyio

CHROMIUM = shutil.which("chromium")
HOME = "http://quinzaine.example"
PICTURES = os.environ.get("QUINZAINE_PICTURES", "")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1"
# px: what a thumb hits
THUMB = 44


class Network:
    """What lies between the browser and the application; what is asked of anybody else is written down."""

    def __init__(self, visitor) -> None:
        self.visitor = visitor
        self.strangers: list[str] = []

    async def answer(self, route: Route) -> None:
        request = route.request
        if not request.url.startswith(HOME + "/"):
            self.strangers.append(request.url)
            await route.abort()
            return
        headers = {name: value for name, value in (await request.all_headers()).items() if not name.startswith(":")}
        headers.pop("accept-encoding", None)
        got = await self._ask(request.method, request.url.removeprefix(HOME), headers, request.post_data_buffer)
        while got.status_code == 303:
            kept = {name: value for name, value in headers.items() if name == "cookie"}
            got = await self._ask("GET", got.headers["location"], kept, None)
        await route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.content)

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> httpx.Response:
        return await self.visitor.request(method, path, content=body, headers=headers, follow_redirects=False)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


async def open_page(
    browser: Browser, network: Network, *, width: int, scheme: str = "light", cookie: str = "", script: bool = True
) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 740 if width < 800 else 900},
        color_scheme=scheme,
        java_script_enabled=script,
        user_agent=IPHONE if width < 800 else None,
    )
    if cookie:
        await context.add_cookies([{"name": "quinzaine", "value": cookie, "url": HOME}])
    await context.route("**/*", network.answer)
    return await context.new_page()


async def check(page: Page, name: str, width: int, scheme: str = "light") -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
    results = await Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
async def test_the_pages_are_accessible_and_no_wider_than_a_phone(
    browser, visitor, signer, family, planner, small_week, width, scheme
):
    network = Network(visitor)
    page = await open_page(browser, network, width=width, scheme=scheme, cookie=planner.member.secret)
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
    assert network.strangers == []


async def test_from_the_offer_to_the_agenda_of_a_phone(browser, visitor, small_week):
    network = Network(visitor)
    page = await open_page(browser, network, width=360)
    await page.goto(f"{HOME}/offres/{small_week.slug}")
    await page.click("text=Ajouter à mon agenda")
    first = page.locator(".ways li").first.locator("a")
    assert (await first.inner_text()).strip() == "L’agenda de cet appareil"
    address = await first.get_attribute("href")
    box = await first.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert box["y"] < 740, "without scrolling"
    feed = await visitor.get(address.replace("webcal://quinzaine.example", ""))
    assert len(entries(feed)) == 10
    assert network.strangers == []


@pytest.mark.parametrize("script", [True, False])
async def test_a_pupil_asks_for_the_calendar_follows_the_mail_and_renews_it(
    browser, visitor, signer, family, pool, script
):
    camille, _leo = family
    network = Network(visitor)
    page = await open_page(browser, network, width=360, script=script)
    await page.goto(f"{HOME}/inscriptions/{signer.token('registration', camille['id'])}")
    await page.click("text=Recevoir mon calendrier par e-mail")
    assert "c…@eleve.example" in await page.locator("main").inner_text()
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'calendar.requested'") == 1
    token = signer.token("feed", camille["pupil_id"])
    await page.goto(f"{HOME}/agenda/personal/{token}")
    await page.click("summary >> text=tombée dans d’autres mains")
    await page.click("button >> text=Renouveler l’adresse")
    assert "est partie par e-mail" in await page.locator("h1").inner_text()
    assert (await visitor.get(f"/calendars/personal/{token}.ics")).status_code == 404
    renewed = await visitor.get(f"/calendars/personal/{signer.token('feed', camille['pupil_id'], 2)}.ics")
    assert len(entries(renewed)) == 10
    assert network.strangers == []
