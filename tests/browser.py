"""A real Chromium, one for each worker, and the application of the test that runs, as it answers at `HOME`.

Nothing stands between the two but HTTP: redirects, cookies and a lost network are the browser's own. A test opens pages
with `open_page`; when it ends they are closed before the application is, so that no request is left half answered.
"""

import asyncio
import gzip
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, BrowserContext, Locator, Page, Playwright, Request, Response, async_playwright

from infra.contact_sheet import QUIET
from infra.mail_preview import mail_preview
from shared.settings import Settings
from tests.application import standing
from tests.processes import free_port

CHROMIUM = shutil.which("chromium")
HOME = "http://quinzaine.example"
OURS = (f"{HOME}/", "http://127.0.0.1:", "data:", "blob:", "about:")


class Site:
    """What listens at every `.example`, as long as the worker lives.

    `app` is the application of the test that runs; `others` the HTML of other addresses, other sites' as well.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.app: Any = None
        self.others: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        host = dict(scope["headers"]).get(b"host", b"").decode()
        html = self.others.get(f"http://{host}{scope['path']}")
        if html is not None:
            await _answer(send, 200, html.encode())
        elif self.app is None or scope["path"] == "/favicon.ico":
            # a page without an icon of its own is asked for one when it stands alone in a window
            await _answer(send, 204, b"")
        else:
            await self.app(scope, receive, send)


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Chromium:
    """The browser of a worker, started when it is first wanted, and again should it have died."""

    def __init__(self, playwright: Playwright, site: Site) -> None:
        self._playwright = playwright
        self._site = site
        self._browser: Browser | None = None

    async def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            rules = f"MAP *.example 127.0.0.1:{self._site.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
            self._browser = await self._playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*QUIET, f"--host-resolver-rules={rules}"]
            )
        return self._browser

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()


class Pages:
    """Opens pages of one test, each in a context of its own; `strangers` are the addresses of others they asked for.

    `others` takes pages that are not the application's: their HTML by their address; `address` is where `HOME` is
    found by who asks no resolver.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser = browser
        self.others = site.others
        self.address = f"http://127.0.0.1:{site.port}"
        self._contexts: list[BrowserContext] = []
        self.strangers: list[str] = []

    async def __call__(
        self,
        *,
        width: int = 390,
        height: int = 844,
        scheme: str = "light",
        secret: str = "",
        script: bool = True,
        **options: Any,
    ) -> Page:
        """A page on a screen of so many px; `secret` is the cookie of who is signed in; the rest is the context's."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
            **options,
        )
        self._contexts.append(context)
        context.on("request", self._note)
        if secret:
            await context.add_cookies([{"name": "quinzaine", "value": secret, "url": HOME}])
        return await context.new_page()

    def _note(self, request: Request) -> None:
        if not request.url.startswith(OURS):
            self.strangers.append(request.url)

    async def close(self) -> None:
        """Close what is left open, whatever is still asked for in it."""
        for context in self._contexts:
            await context.unroute_all(behavior="ignoreErrors")
            await context.close()


async def press(page: Page, what: str | Locator) -> None:
    """Press a link or a button and wait until the page it leads to is loaded: a click alone waits for none."""
    async with page.expect_navigation():
        await (page.locator(what) if isinstance(what, str) else what).click()


_judged: WeakSet[Page] = WeakSet()


async def judge(page: Page) -> AxeResults:
    """What axe finds wrong with a page as it is now.

    Half a megabyte of script is handed over once a page; the browser then has it ready for each address it opens.
    """
    if page not in _judged:
        _judged.add(page)
        await page.add_init_script(AXE_SCRIPT)
        await page.evaluate(AXE_SCRIPT)
    options = "{resultTypes: ['violations'], preload: false}"
    found = await page.evaluate(f"axe.run(document, {options}).then(({{violations}}) => ({{violations}}))")
    return AxeResults(found)


async def weigh(answer: Response) -> int:
    """Bytes of an answer's body, compressed as a proxy would; a redirect's cannot be read and is counted as it came."""
    if 300 <= answer.status < 400:
        return int((await answer.request.sizes())["responseBodySize"])
    return len(gzip.compress(await answer.body()))


@pytest.fixture(scope="session")
async def standing_site() -> AsyncIterator[Site]:
    """A server in this process, in the event loop of the tests."""
    site = Site()
    server = Server(
        site,
        port=site.port,
        interface=Interfaces.ASGINL,
        websockets=False,
        backpressure=1024,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            with suppress(httpx.TransportError):
                await client.get(f"http://127.0.0.1:{site.port}/")
                break
            await asyncio.sleep(0.05)
    yield site
    server.stop()  # type: ignore[no-untyped-call]  # granian leaves it untyped
    await serving


@pytest.fixture(scope="session")
async def chromium(standing_site: Site) -> AsyncIterator[Chromium]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        chromium = Chromium(playwright, standing_site)
        yield chromium
        await chromium.close()


@pytest.fixture
async def site(standing_site: Site, settings: Settings) -> AsyncIterator[Site]:
    """The application of this test answers at `HOME`."""
    async with standing(settings, preview=mail_preview(settings)) as app:
        standing_site.app = app
        yield standing_site
        standing_site.app = None
        standing_site.others.clear()


@pytest.fixture
async def open_page(chromium: Chromium, site: Site) -> AsyncIterator[Pages]:
    """Opens pages of the application of this test: `page = await open_page(width=390, secret=member.secret)`."""
    pages = Pages(await chromium.browser(), site)
    yield pages
    await pages.close()
