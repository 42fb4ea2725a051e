"""Public pages on an old phone: light, soon there on a slow network, alone, and usable by whoever sees or moves less.

The browser itself slows the network down; nothing compresses the pages, which is the worst case: a proxy would.
"""

import pytest
from playwright.async_api import Page, Response

from tests.browser import HOME, Pages, judge, weigh
from tests.services.campaigns.look.test_pages_in_a_browser import paths

pytestmark = pytest.mark.anyio

__all__ = ["paths"]
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


@pytest.mark.parametrize("names", [PUBLIC[start::6] for start in range(6)], ids=", ".join)
async def test_every_public_page_is_light_soon_there_and_for_everybody(open_page, addresses, names):
    troubles: list[str] = []
    for name in names:
        troubles += [f"{name}: {trouble}" for trouble in await _look(open_page, addresses[name])]
    assert not troubles, "\n".join(troubles)


async def _look(open_page: Pages, path: str) -> list[str]:
    """What is wrong with a page."""
    page = await open_page(width=360, height=740, reduced_motion="reduce")
    return [
        *await _weigh_on_a_slow_network(page, HOME + path),
        *await _squeeze(page),
        *await _move_by_keyboard(page),
        *await _judge(page),
    ]


async def _weigh_on_a_slow_network(page: Page, url: str) -> list[str]:
    asked: list[str] = []
    answers: list[Response] = []
    network = await page.context.new_cdp_session(page)
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
    weight = sum([await weigh(answer) for answer in answers])
    await network.send("Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1})
    faults = {
        f"weighs {weight} bytes": weight >= WEIGHT,
        f"asks {len(asked)} times: {asked}": len(asked) > REQUESTS,
        f"goes elsewhere: {asked}": any(not one.startswith((f"{HOME}/", "data:")) for one in asked),
        f"is seen after {seen} ms": seen > SECONDS * 1000,
        f"can be used after {ready} ms": ready > SECONDS * 1000,
        f"leaves cookies: {await page.context.cookies()}": bool(await page.context.cookies()),
    }
    return [fault for fault, is_so in faults.items() if is_so]


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
        results = await judge(page)
        if results.violations_count:
            faults.append(f"in {scheme}: {results.generate_report()}")
    return faults
