"""The pages of organisations in a real browser: accessible (axe), no wider than a phone, and a colleague invited."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, async_playwright

from infra.contact_sheet import QUIET
from shared.signed_links import Signer
from tests.services.campaigns.conftest import SignedIn

pytestmark = pytest.mark.anyio
CHROMIUM = shutil.which("chromium")
HOME = "http://quinzaine.example"
PATH = "/planification/organisation"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


async def open_page(browser: Browser, visitor, width: int, secret: str = "", scheme: str = "light") -> Page:
    """A page whose requests this process answers, as the browser sends and keeps them."""
    context = await browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    if secret:
        await context.add_cookies([{"name": "quinzaine", "value": secret, "url": HOME}])

    async def answer(route: Route) -> None:
        request = route.request
        headers = {name: value for name, value in (await request.all_headers()).items() if not name.startswith(":")}
        headers.pop("accept-encoding", None)
        got = await visitor.request(
            request.method,
            request.url.removeprefix(HOME),
            content=request.post_data_buffer,
            headers=headers,
            follow_redirects=False,
        )
        visitor.cookies.clear()
        await route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.content)

    await context.route("**/*", answer)
    return await context.new_page()


@pytest.fixture
async def busy(owner, sign_in, federation) -> SignedIn:
    """An organisation with everything its pages can show."""
    await sign_in(federation, role="viewer", email="une.adresse.vraiment.tres.longue@federation-du-bois.example")
    await owner.post(f"{PATH}/invitations", {"email": "mina@federation.example", "role": "planner"})
    contact = {
        "first_name": "Ali",
        "last_name": "Benhamou",
        "email": "ali@federation.example",
        "phone": "02 32 00 00 00",
    }
    await owner.post(f"{PATH}/contacts", contact)
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    await owner.post(f"{PATH}/jetons", {"name": "Notre site", "role": "viewer", "until": until})
    return owner


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_every_page_is_accessible_and_fits(browser, visitor, busy, pool, settings, width, scheme):
    invitation = await pool.fetchval("SELECT id FROM campaigns.member_invitations")
    token = Signer(settings.secret_keys).token("invitation", invitation)
    paths = [PATH, *(f"{PATH}/{name}" for name in ("modifier", "contacts", "ajouter", "jetons", "journal"))]
    page = await open_page(browser, visitor, width, busy.member.secret, scheme)
    for path in (*paths, f"/invitations/{token}"):
        await page.goto(HOME + path)
        results = await Axe().run(page)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await page.context.close()


async def test_a_colleague_is_invited_accepts_and_is_in(browser, visitor, owner, pool, settings):
    page = await open_page(browser, visitor, 1280, owner.member.secret)
    await page.goto(HOME + PATH)
    await page.fill("#email", "mina@federation.example")
    await page.select_option("#role", "planner")
    await page.click("text=Envoyer l’invitation")
    await page.wait_for_selector("text=Invitations sans réponse")
    token = Signer(settings.secret_keys).token(
        "invitation", await pool.fetchval("SELECT id FROM campaigns.member_invitations")
    )
    theirs = await open_page(browser, visitor, 390)
    await theirs.goto(f"{HOME}/invitations/{token}")
    await theirs.click("text=Accepter l’invitation")
    await theirs.wait_for_selector("text=Votre prénom manque")
    await theirs.fill("#first_name", "Mina")
    await theirs.fill("#last_name", "Laurent")
    await theirs.click("text=Accepter l’invitation")
    await theirs.wait_for_url(f"{HOME}/planification")
    await theirs.goto(HOME + PATH)
    assert await theirs.locator("text=Mina Laurent").count() == 1
    await page.reload()
    assert await page.locator("text=Mina Laurent").count() >= 1


async def test_a_token_is_shown_to_be_copied(browser, visitor, owner):
    page = await open_page(browser, visitor, 390, owner.member.secret)
    await page.goto(f"{HOME}{PATH}/jetons")
    await page.fill("#name", "Notre site")
    await page.fill("#until", (datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    async with page.expect_navigation():
        await page.click("text=Créer le jeton")
    secret = await page.text_content("code.secret")
    assert secret is not None
    assert secret.startswith("qz_")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.click("text=Je l’ai copié")
    await page.wait_for_selector("text=n’a jamais servi")
    assert secret not in await page.content()
