"""Public pages on an old phone: light, soon there on a slow network, alone, and usable by whoever sees or moves less.

The server is a process of its own, so that the browser itself can slow the network down; nothing compresses its pages,
which is the worst case: a proxy would.
"""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator

import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, Response

from tests.processes import free_port, web_process
from tests.services.campaigns.look.test_pages_in_a_browser import browser, paths

pytestmark = pytest.mark.anyio

__all__ = ["browser", "paths"]
WEIGHT, REQUESTS = 60 * 1024, 7
# 400 kbit/s, 400 ms there and back
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SECONDS = 3.0
FOCUS_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement)
  return document.activeElement === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none'
}"""
MOVES = """() => [...document.querySelectorAll('*')].filter(one => {
  const style = getComputedStyle(one)
  const lasts = list => list.split(',').some(time => parseFloat(time) > 0.001)
  return (style.animationName !== 'none' && lasts(style.animationDuration)) ||
         (style.transitionProperty !== 'none' && lasts(style.transitionDuration))
}).map(one => one.outerHTML.slice(0, 80))"""
PUBLIC = (
    "catalogue", "search", "nothing found", "offer", "offer with groups", "form", "question", "confirmed", "held",
    "waiting", "withdrawn", "acceptance", "withdrawal", "sign in", "links again", "data", "embedding", "frame",
    "nowhere", "cut link", "english catalogue", "english offer", "english form", "english place",
)  # fmt: skip


@pytest.fixture
async def addresses(paths, small_week) -> dict[str, str]:
    """The pages of who has no account, each in the states it has."""
    return {
        **paths,
        "search": "/?lieu=Caen&mots=batimant&secteur=s10&sans-voiture=oui",
        "nothing found": "/?mots=zzzzzz&libres=oui",
        "question": f"/offres/{small_week.slug}/question",
        "sign in": "/connexion",
        "links again": "/lien",
        "data": "/donnees",
        "embedding": "/integrer",
        "frame": "/integrer/liste",
        "cut link": paths["confirmed"][:-6],
        "english catalogue": "/en",
        "english offer": f"/en/offres/{small_week.slug}",
        "english form": f"/en/offres/{small_week.slug}/inscription",
        "english place": f"/en{paths['held']}",
    }


@pytest.fixture
async def server(settings, tmp_path) -> AsyncIterator[str]:
    """The address of a web process on this test's database."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    told = msgspec.structs.replace(settings, port=port, base_url=base_url)
    process = web_process(told, tmp_path / "web.log")
    await process.start()
    try:
        await _until_it_answers(port)
        yield base_url
    finally:
        await process.stop()


@pytest.mark.parametrize("names", [PUBLIC[start::6] for start in range(6)], ids=", ".join)
async def test_every_public_page_is_light_soon_there_and_for_everybody(browser, server, addresses, names):
    troubles: list[str] = []
    for name in names:
        troubles += [f"{name}: {trouble}" for trouble in await _look(browser, server, addresses[name])]
    assert not troubles, "\n".join(troubles)


async def _look(browser, server: str, path: str) -> list[str]:
    """What is wrong with a page."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme="light", reduced_motion="reduce"
    )
    page = await context.new_page()
    try:
        return [
            *await _weigh_on_a_slow_network(context, page, server + path),
            *await _squeeze(page),
            *await _move_by_keyboard(page),
            *await _judge(page),
        ]
    finally:
        await context.close()


async def _weigh_on_a_slow_network(context: BrowserContext, page: Page, url: str) -> list[str]:
    asked: list[str] = []
    answers: list[Response] = []
    network = await context.new_cdp_session(page)
    await network.send("Network.emulateNetworkConditions", SLOW)

    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: answers.append(answer))  # the driver marks it
    await network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    # the network is slow, not the machine, which other tests may hold for a while: the best of three
    for _ in range(3):
        asked.clear()
        answers.clear()
        await page.goto(url, wait_until="load")
        seen = 0.0
        while not seen:
            seen = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        ready = await page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        if max(seen, ready) <= SECONDS * 1000:
            break
    await network.send("Network.setCacheDisabled", {"cacheDisabled": False})
    weight = sum([await _weigh(answer) for answer in answers])
    await network.send("Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1})
    home = re.match(r"https?://[^/]+/", url)
    assert home is not None
    faults = {
        f"weighs {weight} bytes": weight >= WEIGHT,
        f"asks {len(asked)} times: {asked}": len(asked) > REQUESTS,
        f"goes elsewhere: {asked}": any(not one.startswith((home[0], "data:")) for one in asked),
        f"is seen after {seen} ms": seen > SECONDS * 1000,
        f"can be used after {ready} ms": ready > SECONDS * 1000,
        f"leaves cookies: {await context.cookies()}": bool(await context.cookies()),
    }
    return [fault for fault, is_so in faults.items() if is_so]


async def _weigh(answer: Response) -> int:
    """Bytes, compressed. A redirect has no body to be read, and is as light as it said."""
    if 300 <= answer.status < 400:
        return (await answer.request.sizes())["responseBodySize"]
    return len(gzip.compress(await answer.body()))


async def _squeeze(page: Page) -> list[str]:
    """320 px are also 400 % of 1,280; 640 are 200 %."""
    faults = []
    for width in (320, 640, 360):
        await page.set_viewport_size({"width": width, "height": 740})
        taken = await page.evaluate("document.documentElement.scrollWidth")
        if taken > width:
            faults.append(f"is {taken} px wide on {width}")
    return faults


async def _move_by_keyboard(page: Page) -> list[str]:
    faults = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        if not await page.evaluate(FOCUS_IS_SEEN):
            faults.append("hides the focus on " + await page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    moving = await page.evaluate(MOVES)
    return faults + ([f"moves although asked not to: {moving[:3]}"] if moving else [])


async def _judge(page: Page) -> list[str]:
    faults = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = await Axe().run(page)
        if results.violations_count:
            faults.append(f"in {scheme}: {results.generate_report()}")
    return faults


async def _until_it_answers(port: int) -> None:
    for _ in range(150):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("the web process does not answer")
