"""Every page in a real browser: accessible (axe), nothing from elsewhere, nothing wider than a phone, no script.

Whatever goes elsewhere is caught.
"""

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
async def paths(pool, settings, small_week) -> dict[str, str]:
    """Every page in its states: full with a held seat, a queue, a cancelled session, groups."""
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        grouped = await a_week(connection, slug="groupes", groups=("A", "B"))
        outcomes = await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[
                a_pupil(number, guardian_name="Dominique Dupré", guardian_email="d@f.example") for number in range(4)
            ],
            signer=signer,
            now=NOW,
        )
        await withdraw_registration(connection, registration_id=outcomes[0].id, now=NOW)
        await cancel_session(connection, session_id=small_week.sessions[3], now=NOW)
    withdrawn, confirmed, held, waiting = [
        f"/inscriptions/{signer.token('registration', outcome.id, outcome.token_version)}" for outcome in outcomes
    ]
    return {
        "catalogue": "/",
        "town": "/?ville=Nulle-Part",
        "offer": f"/offres/{small_week.slug}",
        "offer with groups": f"/offres/{grouped.slug}",
        "form": f"/offres/{small_week.slug}/inscription",
        "confirmed": confirmed,
        "held": held,
        "waiting": waiting,
        "withdrawn": withdrawn,
        "acceptance": f"{held}/acceptation",
        "refusal": f"{held}/refus",
        "withdrawal": f"{confirmed}/retrait",
        "planning": "/planification",
        "planned offer": f"/planification/{small_week.slug}",
        "nowhere": "/nulle-part",
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_every_page_is_accessible_and_stands_alone(open_page, planner, paths, width, scheme):
    page = await open_page(width=width, scheme=scheme, secret=planner.member.secret)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for name, path in paths.items():
        troubles.clear()
        await page.goto(HOME + path, wait_until="load")
        background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert background == ("rgb(253, 252, 249)" if scheme == "light" else "rgb(23, 22, 27)"), name
        results = await judge(page)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
        # the browser itself reports the answer that says 404
        assert name == "nowhere" or not troubles, (name, troubles)
    assert open_page.strangers == []


async def test_a_fault_is_accessible_and_has_the_focus(open_page, small_week):
    page = await open_page(width=390, scheme="light")
    await page.goto(f"{HOME}/offres/{small_week.slug}/inscription")
    await page.fill("#last_name", "Dupré")
    await page.fill("#email", "personne")
    await page.click("button[type=submit]")
    await page.wait_for_selector(".summary")
    await page.wait_for_function("document.activeElement !== document.body")
    assert await page.evaluate("document.activeElement.id") == "first_name"
    assert await page.input_value("#last_name") == "Dupré"
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()
    assert open_page.strangers == []


async def test_the_main_action_is_at_the_thumb_on_a_phone(open_page, small_week):
    page = await open_page(width=390, scheme="light")
    await page.goto(f"{HOME}/offres/{small_week.slug}")
    box = await page.locator(".bar .button").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] > 844 * 2 / 3
    assert box["y"] + box["height"] <= 844
