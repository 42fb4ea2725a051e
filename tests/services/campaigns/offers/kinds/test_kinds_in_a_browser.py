"""The pages of the other kinds in a real browser: accessible (axe), nothing wider than a phone, without script."""

import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Route, async_playwright

from infra.contact_sheet import QUIET
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.offers.kinds.test_rotation_page import a_form
from tests.services.campaigns.offers.kinds.test_series import NEW, mornings
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio

CHROMIUM = shutil.which("chromium")
HOME = "http://quinzaine.example"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
async def test_each_page_is_accessible_and_no_wider_than_its_window(browser, sign_in, pool, settings, width, scheme):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", week.organisation_id)
        await a_week(connection, seats=50, slug="accueil-region", days=0, published=False)
        (seat,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil()], signer=signer, now=NOW
        )
    planner = await sign_in(week.organisation_id)
    async with transaction(pool) as connection:
        slots = await add_slots(
            connection,
            offer_id=week.offer_id,
            person_id=planner.member.person_id,
            times=[SlotTime(starts_at=at(2, hour), ends_at=at(2, hour + 1)) for hour in (14, 16, 17)],
            now=NOW,
        )
        await book_slot(connection, slot_id=slots[1], registration_id=seat.id, now=NOW)
    rotation = "/planification/accueil-region/rotation"
    await planner.post(rotation, a_form())
    await planner.post(f"{rotation}/echange", {"version": "1", "one": "0.0", "other": "0.1"})
    series = (await planner.post(NEW, {**mornings(week), "create": "oui"})).headers["location"]
    preview = await planner.post(NEW, mornings(week, title="Une autre", first_day="2027-06-21"))
    faulty = await planner.post(rotation, a_form(groups="99", last_day="x"))
    forms = {"/apercu": preview, "/fautes": faulty}
    token = signer.token("registration", seat.id, seat.token_version)
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = await context.new_page()

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        given = forms.get(path) or await planner.client.get(path, headers=planner.cookies)
        await route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.content)

    await page.route("**/*", answer)
    for path in (rotation, "/fautes", NEW, "/apercu", series, f"/planification/{week.slug}/suivi", f"/suivi/{token}"):
        await page.goto(HOME + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = await Axe().run(page)
        assert not found.response["violations"], (path, found.generate_report())
    await context.close()
