"""The guardian's page in a real browser: accessible in each state, nothing wider than a phone, without scripts."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page

from services.campaigns.offers.consent.refuse_consent import refuse_consent
from tests.browser import HOME, judge, press
from tests.services.campaigns.offers.consent.conftest import SIGNER, a_child, do, standing

pytestmark = pytest.mark.anyio

PICTURES = os.environ.get("QUINZAINE_PICTURES", "")


async def check(page: Page, name: str) -> None:
    """No violation, no page wider than its window; a picture where pictures are wanted."""
    found = await judge(page)
    assert found.violations_count == 0, found.generate_report()
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{name} is wider than its window"
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "dark")])
async def test_each_state_is_accessible_and_fits(open_page, register, pool, width, scheme):
    now = datetime.now(UTC)
    asked, refused, early = await register(a_child(1), a_child(2), a_child(3), now=now)
    await do(pool, refuse_consent, registration_id=refused.id, now=now)
    page = await open_page(width=width, scheme=scheme)
    for name, registered in (("asked", asked), ("ended", refused), ("early", early)):
        await page.goto(f"{HOME}/consentement/{SIGNER.token('consent', registered.id)}")
        await check(page, f"consent-{name}-{width}-{scheme}")
    address = f"{HOME}/consentement/{SIGNER.token('consent', asked.id)}"
    await page.goto(f"{address}/refus")
    await check(page, f"consent-refusal-{width}-{scheme}")
    await page.goto(address)
    await press(page, page.get_by_role("button", name="Donner mon accord"))
    await check(page, f"consent-given-{width}-{scheme}")
    await page.goto(f"{HOME}/inscriptions/{SIGNER.token('registration', early.id)}")
    await check(page, f"pupil-early-{width}-{scheme}")


async def test_a_guardian_consents_and_takes_it_back_without_scripts(open_page, register, pool):
    (child,) = await register(a_child(1), now=datetime.now(UTC))
    address = f"{HOME}/consentement/{SIGNER.token('consent', child.id)}"
    page = await open_page(width=360, script=False)
    await page.goto(address)
    await press(page, page.get_by_role("button", name="Donner mon accord"))
    await page.get_by_text("la place est confirmée").first.wait_for()
    assert await standing(pool, child.id) == ("confirmed", None)
    await press(page, page.get_by_role("link", name="Retirer mon accord"))
    await press(page, page.get_by_role("button", name="Retirer mon accord"))
    await page.get_by_text("Vous avez retiré votre accord").first.wait_for()
    assert await standing(pool, child.id) == ("withdrawn", None)
