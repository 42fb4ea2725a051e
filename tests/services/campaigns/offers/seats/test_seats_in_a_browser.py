"""The seats' pages in a real browser: accessible, nothing wider than a phone; a sheet that waits for the network."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.keep_seats import keep_seats
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.world import NOW, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

PICTURES = os.environ.get("QUINZAINE_PICTURES", "")


@pytest.fixture
async def seats(pool, sign_in):
    """A week with groups, kept seats, a held seat, a queue, a double, and a class of a school."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=6, groups=("A", "B"))
        school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")
    teacher = await sign_in(school, role="teacher")
    planner = await sign_in(week.organisation_id)
    text = "\n".join(f"Nom {letter};Élève;{letter}@eleve.example" for letter in "abcd")
    await teacher.post(f"/planification/classes/{week.slug}", {"list": text, "class_name": "2nde 4", "key": "k"})
    async with transaction(pool) as connection:
        await keep_seats(connection, offer_id=week.offer_id, seats=1, school_uai="0271585B", until=at(0, 0), now=NOW)
        requests = [a_pupil(number) for number in range(5)]
        requests.append(a_pupil(9, first_name="Camille", last_name="Dupre b", email="encore@eleve.example"))
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=requests,
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
        await withdraw_registration(connection, registration_id=outcomes[0].id, now=NOW)
    return week, planner, teacher


async def check(page: Page, name: str, width: int) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    results = await judge(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
async def test_the_pages_are_accessible_and_no_wider_than_a_phone(open_page, pool, seats, width, scheme):
    week, planner, teacher = seats
    own = await pool.fetchval("SELECT id FROM campaigns.registrations WHERE enrolled_by IS NOT NULL LIMIT 1")
    page = await open_page(secret=planner.member.secret, width=width, scheme=scheme)
    for name, path in (
        ("places", f"/planification/{week.slug}/places"),
        ("presences", f"/planification/{week.slug}/presences/2027-06-14"),
        ("conventions", f"/planification/{week.slug}/conventions"),
    ):
        await page.goto(HOME + path)
        for details in await page.locator("details").all():
            await details.evaluate("one => one.open = true")
        await check(page, name, width)
    page = await open_page(secret=teacher.member.secret, width=width, scheme=scheme)
    for name, path in (
        ("classes", "/planification/classes"),
        ("swap", f"/planification/classes/{week.slug}/{own}/echange"),
        ("class form", f"/planification/classes/{week.slug}"),
    ):
        await page.goto(HOME + path)
        for details in await page.locator("details").all():
            await details.evaluate("one => one.open = true")
        await check(page, name, width)
    await page.fill("#list", "nom;prénom;adresse\nDupré;Cam1lle;camille")
    await press(page, "text=Relire la liste avant d’inscrire")
    await page.wait_for_selector(".summary")
    await check(page, "class faults", width)
    await page.fill("#list", "Dupré;Camille;camille@eleve.example\nRoy;Jo;Anne Roy;anne@famille.example")
    await press(page, "text=Relire la liste avant d’inscrire")
    await page.wait_for_selector("text=2 élèves lus")
    await check(page, "class preview", width)


async def test_a_sheet_filled_in_without_a_network_is_sent_when_it_is_back(open_page, pool, seats):
    week, planner, _ = seats
    page = await open_page(secret=planner.member.secret, width=390)
    await page.goto(f"{HOME}/planification/{week.slug}/presences/2027-06-14")
    first = page.locator("fieldset.seen").first
    await first.locator(".is-late").click()
    await page.context.set_offline(True)
    await page.click("text=Enregistrer les présences")
    await page.wait_for_selector("text=la feuille est gardée sur ce téléphone")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.attendance") == 0
    kept = await page.evaluate("localStorage.getItem('quinzaine.presences')")
    assert "late" in kept
    assert "Nom" not in kept
    assert "Dupr" not in kept
    # it is sent, forgotten, and the page says what is noted now
    async with page.expect_event("load"):
        await page.context.set_offline(False)
    assert await page.evaluate("localStorage.getItem('quinzaine.presences')") is None
    row = await pool.fetchrow("SELECT state, noted_by FROM campaigns.attendance")
    assert (row["state"], row["noted_by"]) == ("late", planner.member.person_id)
    assert await page.locator("fieldset.seen").first.locator("input[type=radio][value=late]").is_checked()


async def test_the_sheet_works_without_any_script(open_page, pool, seats):
    week, planner, _ = seats
    page = await open_page(secret=planner.member.secret, width=390, script=False)
    await page.goto(f"{HOME}/planification/{week.slug}/presences/2027-06-14")
    await page.locator("fieldset.seen").first.locator(".is-present").click()
    await press(page, "text=Enregistrer les présences")
    assert await pool.fetchval("SELECT state FROM campaigns.attendance") == "present"


async def test_the_sheet_is_a_list_on_paper(open_page, seats):
    week, planner, _ = seats
    page = await open_page(secret=planner.member.secret, width=1280)
    await page.goto(f"{HOME}/planification/{week.slug}/presences/2027-06-14")
    assert not await page.locator(".print-only").is_visible()
    await page.emulate_media(media="print")
    assert await page.locator(".print-only").is_visible()
    assert not await page.locator("form.attendance").is_visible()
    assert await page.locator(".print-only tbody tr").count() == 5
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / "paper-1280.png", full_page=True)
