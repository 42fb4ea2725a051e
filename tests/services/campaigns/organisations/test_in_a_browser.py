"""The pages of organisations in a real browser: accessible (axe), no wider than a phone, and a colleague invited."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.services.campaigns.conftest import SignedIn

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation"


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


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_every_page_is_accessible_and_fits(open_page, busy, pool, settings, width, scheme):
    invitation = await pool.fetchval("SELECT id FROM campaigns.member_invitations")
    token = Signer(settings.secret_keys).token("invitation", invitation)
    paths = [PATH, *(f"{PATH}/{name}" for name in ("modifier", "contacts", "ajouter", "jetons", "journal"))]
    page = await open_page(width=width, secret=busy.member.secret, scheme=scheme)
    for path in (*paths, f"/invitations/{token}"):
        await page.goto(HOME + path)
        results = await judge(page)
        assert results.violations_count == 0, f"{path}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_a_colleague_is_invited_accepts_and_is_in(open_page, owner, pool, settings):
    page = await open_page(width=1280, secret=owner.member.secret)
    await page.goto(HOME + PATH)
    await page.fill("#email", "mina@federation.example")
    await page.select_option("#role", "planner")
    await press(page, "text=Envoyer l’invitation")
    await page.wait_for_selector("text=Invitations sans réponse")
    token = Signer(settings.secret_keys).token(
        "invitation", await pool.fetchval("SELECT id FROM campaigns.member_invitations")
    )
    theirs = await open_page(width=390)
    await theirs.goto(f"{HOME}/invitations/{token}")
    await press(theirs, "text=Accepter l’invitation")
    await theirs.wait_for_selector("text=Votre prénom manque")
    await theirs.fill("#first_name", "Mina")
    await theirs.fill("#last_name", "Laurent")
    await press(theirs, "text=Accepter l’invitation")
    await theirs.wait_for_url(f"{HOME}/planification")
    await theirs.goto(HOME + PATH)
    assert await theirs.locator("text=Mina Laurent").count() == 1
    await page.reload()
    assert await page.locator("text=Mina Laurent").count() >= 1


async def test_a_token_is_shown_to_be_copied(open_page, owner):
    page = await open_page(width=390, secret=owner.member.secret)
    await page.goto(f"{HOME}{PATH}/jetons")
    await page.fill("#name", "Notre site")
    await page.fill("#until", (datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    await press(page, "text=Créer le jeton")
    secret = await page.text_content("code.secret")
    assert secret is not None
    assert secret.startswith("qz_")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()
    await press(page, "text=Je l’ai copié")
    await page.wait_for_selector("text=n’a jamais servi")
    assert secret not in await page.content()
