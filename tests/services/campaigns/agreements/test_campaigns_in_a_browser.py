"""The pages of campaigns in a real browser: accessible (axe), no wider than a phone; a campaign carried by hand."""

import pytest

from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.partners.decline_campaign import decline_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from shared.database import transaction
from tests.browser import HOME, judge, press
from tests.services.campaigns.agreements.test_copies import last_year  # noqa: F401  # a fixture
from tests.services.campaigns.agreements.test_rounds import LONGER
from tests.world import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def paths(pool, four, owners, proposed, signer, last_year):  # noqa: F811
    """Every page of campaigns with who looks at it, while a second round is open, with a decline and a newcomer."""
    async with transaction(pool) as connection:
        await change_campaign(connection, campaign_id=proposed.id, wording=LONGER, if_match=1, now=NOW)
        newcomer = await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.rectorate, now=NOW)
        await decline_campaign(
            connection,
            campaign_id=proposed.id,
            organisation_id=four.region,
            version=2,
            word="La période est trop longue pour nos équipes.",
            now=NOW,
        )
    assert last_year.slug
    home = f"/planification/campagnes/{proposed.slug}"
    lead, partner = owners[four.federation].member.secret, owners[four.agency].member.secret
    return {
        "list": ("/planification/campagnes", lead),
        "campaign": (home, lead),
        "as a partner": (home, partner),
        "new": ("/planification/campagnes/nouvelle", lead),
        "change": (f"{home}/modifier", lead),
        "invite": (f"{home}/inviter?q=r%C3%A9gion", lead),
        "copy": (f"{home}/dupliquer?title=Encore&first_day=2028-06-05&last_day=2028-06-16", lead),
        "journal": (f"{home}/journal", lead),
        "cancel": (f"{home}/annuler", lead),
        "leave": (f"{home}/quitter", partner),
        "link": (f"/accords/{signer.token('agreement', newcomer, 2)}", ""),
        "old link": (f"/accords/{signer.token('agreement', newcomer, 1)}", ""),
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_every_page_of_campaigns_is_accessible_and_stands_alone(open_page, paths, width, scheme):
    for name, (path, secret) in paths.items():
        page = await open_page(width=width, scheme=scheme, secret=secret)
        troubles: list[str] = []
        page.on(
            "console", lambda message, kept=troubles: kept.append(message.text) if message.type == "error" else None
        )
        await page.goto(HOME + path, wait_until="load")
        results = await judge(page)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert (troubles, open_page.strangers) == ([], []), name


async def test_a_campaign_is_proposed_and_agreed_to_by_hand(open_page, pool, four, owners, signer):
    page = await open_page(width=1280, secret=owners[four.federation].member.secret)
    await page.goto(f"{HOME}/planification/campagnes")
    await press(page, page.get_by_role("link", name="Proposer une campagne"))
    await page.get_by_label("Titre").fill("Ensemble")
    await page.get_by_label("Premier jour").fill("2027-06-14")
    await page.get_by_label("Dernier jour").fill("2027-06-25")
    await page.locator("#sector_1").select_option("s21")
    await page.locator("#label_1").fill("Nucléaire")
    await page.get_by_label("Départements").fill("27")
    await press(page, page.get_by_role("button", name="Proposer la campagne"))
    await page.get_by_role("heading", name="Ensemble", level=1).wait_for()
    await press(page, page.get_by_role("link", name="Inviter un partenaire"))
    await page.get_by_label("Nom, SIRET ou code UAI").fill("orientation")
    await press(page, page.get_by_role("button", name="Chercher"))
    await press(page, page.get_by_role("button", name="Inviter Agence de l’orientation"))
    await page.get_by_text("Rien n’est publié avant l’accord de : Agence de l’orientation").wait_for()

    agreement_id = await pool.fetchval("SELECT id FROM campaigns.agreements WHERE organisation_id = $1", four.agency)
    link = f"{HOME}/accords/{signer.token('agreement', agreement_id, 1)}"
    page = await open_page(width=390)
    await page.goto(link)
    await page.get_by_label("Un mot pour").fill("Avec plaisir.")
    await press(page, page.get_by_role("button", name="Donner notre accord"))
    await page.get_by_text("Agence de l’orientation a donné son accord").wait_for()
