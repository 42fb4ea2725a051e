"""My space and my data in a real browser: accessible on a phone and a desk, light and dark; seen once looked at."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.world import MONDAY, NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

# where pictures of the pages go, if somebody wants to look at them
PICTURES = os.environ.get("QUINZAINE_PICTURES", "")
GUARDIAN = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}


@pytest.fixture
async def pages(pool, settings, small_week) -> dict[str, str]:
    """The personal page in its states, and the pages of one's data."""
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        running = await a_week(connection, seats=3, slug="en-cours")
        await a_week(connection, seats=3, slug="autre")
        first = await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(number, **GUARDIAN) for number in range(5)],
            signer=signer,
            now=NOW,
        )
        await withdraw_registration(connection, registration_id=first[0].id, now=NOW)
        (mine, gone) = await register_pupils(
            connection, offer_id=running.offer_id, requests=[a_pupil(20), a_pupil(21)], signer=signer, now=NOW
        )
        shift = datetime.now(UTC).date() - MONDAY - timedelta(days=1)
        await connection.execute("DELETE FROM campaigns.pupil_times WHERE offer_id = $1", running.offer_id)
        await connection.execute(
            "UPDATE campaigns.days SET date = date + $2::int WHERE offer_id = $1", running.offer_id, shift.days
        )
        await connection.execute(
            """
            UPDATE campaigns.sessions SET starts_at = starts_at + $2, ends_at = ends_at + $2,
                   bring = 'Chaussures fermées', meeting_point = 'Au portail', access = 'En train'
            WHERE offer_id = $1
            """,
            running.offer_id,
            shift,
        )
        await record_programme(connection, offer_id=running.offer_id, now=datetime.now(UTC))
        await connection.execute("UPDATE campaigns.registrations SET status = 'expired' WHERE id = $1", gone.id)
    token = {number: signer.token("registration", outcome.id) for number, outcome in enumerate(first)}
    fresh = signer.timed_token("fresh", first[1].id, 1, datetime.now(UTC) + timedelta(minutes=10))
    return {
        "withdrawn": f"/inscriptions/{token[0]}",
        "confirmed": f"/inscriptions/{token[1]}",
        "held": f"/inscriptions/{token[2]}",
        "waiting": f"/inscriptions/{token[4]}",
        "guardian": f"/inscriptions/{signer.token('guardian', first[2].id)}",
        "running": f"/inscriptions/{signer.token('registration', mine.id)}",
        "expired": f"/inscriptions/{signer.token('registration', gone.id)}",
        "accept": f"/inscriptions/{token[2]}/acceptation",
        "ask": f"/inscriptions/{token[1]}/donnees",
        "record": f"/donnees/{fresh}",
        "privacy": "/donnees",
        "english": f"/en/inscriptions/{token[4]}",
    }


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_every_state_is_accessible_and_no_wider_than_the_screen(open_page, pages, width, scheme):
    page = await open_page(width=width, scheme=scheme)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for name, path in pages.items():
        await page.goto(HOME + path, wait_until="load")
        if PICTURES:
            await page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
        found = await judge(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert open_page.strangers == []
    assert troubles == []


async def test_a_change_is_seen_by_who_looks_and_touches_and_by_no_scanner(open_page, pages, pool):
    page = await open_page(width=390, scheme="light")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # five seconds pass at once
    await page.add_init_script(
        "const real = Date.now; let more = 0; Date.now = () => real() + more; window.pass = (ms) => { more += ms; };"
    )
    hide = """() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
                      document.dispatchEvent(new Event('visibilitychange')); }"""
    await page.goto(HOME + pages["running"], wait_until="load")
    assert await page.locator("[data-seen]").count() == 1
    # opened and left, long after, untouched: a machine
    await page.evaluate("pass(60000)")
    await page.evaluate(hide)
    assert sent == []
    await page.reload(wait_until="load")
    assert await page.locator("[data-seen]").count() == 1
    # touched, and left at once: a slip
    await page.mouse.click(5, 300)
    await page.evaluate(hide)
    assert sent == []
    await page.reload(wait_until="load")
    await page.mouse.click(5, 300)
    await page.evaluate("pass(6000)")
    await page.evaluate(hide)
    for _ in range(50):
        if await pool.fetchval("SELECT count(*) FROM campaigns.programmes_seen"):
            break
        await page.wait_for_timeout(100)
    await page.reload(wait_until="load")
    assert await page.locator("[data-seen]").count() == 0


async def test_a_button_says_at_once_that_it_was_seen(open_page, pages):
    page = await open_page(width=390, scheme="light")
    await page.goto(HOME + pages["running"], wait_until="load")
    await press(page, page.get_by_role("button", name="C’est noté"))
    assert await page.locator("[data-seen]").count() == 0
