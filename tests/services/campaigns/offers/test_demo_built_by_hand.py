"""The demo's other offers, built by hand in a real browser: hostings with rotations, mornings, a webinar.

The collective week is built in `builder/test_by_hand.py`.
"""

import re
from itertools import pairwise

import pytest
from playwright.async_api import Page

from shared.database import transaction
from tests.browser import HOME
from tests.browser import press as press_and_wait
from tests.services.campaigns.offers.kinds.test_rotation_page import a_form
from tests.services.campaigns.offers.kinds.test_series import mornings
from tests.world import Week, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
async def week(pool) -> Week:
    """A campaign that the planner's organisation leads, with one week in it."""
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", week.organisation_id)
        return week


@pytest.fixture
async def page(open_page, sign_in, week):
    planner = await sign_in(week.organisation_id)
    page = await open_page(width=1280, scheme="light", secret=planner.member.secret)
    page.set_default_timeout(20_000)
    return page


async def fill(page: Page, form: dict[str, str]) -> None:
    """Write, choose and tick as a person would, each field by its name."""
    for name, value in form.items():
        field = page.locator(f'[name="{name}"]').first
        kind = await field.evaluate("field => field.type")
        if kind == "checkbox":
            await field.set_checked(value == "oui")
        elif kind == "select-one":
            await field.select_option(value)
        elif kind != "hidden":
            await field.fill(value)


async def press(page: Page, words: str) -> None:
    """Press the first button with these words."""
    await press_and_wait(page, page.get_by_role("button", name=re.compile(words)).first)


async def draft(page: Page, *, title: str, seats: int, first_day: str, last_day: str) -> None:
    await page.goto(f"{HOME}/planification/offres/nouvelle")
    await fill(
        page,
        {"kind": "hosting", "title": title, "seats": str(seats), "first_day": first_day, "last_day": last_day},
    )
    await press(page, "Créer le brouillon")


async def sessions_of(pool, slug: str) -> list[tuple[str, str]]:
    rows = await pool.fetch(
        """
        SELECT g.name AS "group", s.title FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE o.slug = $1 ORDER BY s.starts_at, g.name
        """,
        slug,
    )
    return [(row["group"], row["title"]) for row in rows]


async def test_fifty_pupils_rotate_over_five_services_of_the_region(page, pool):
    await draft(page, title="Cinq services de la Région", seats=50, first_day="2027-06-21", last_day="2027-06-25")
    await page.goto(f"{HOME}/planification/cinq-services-de-la-region/rotation")
    if not await page.locator('[name="name_5"]').count():
        await press(page, "Ajouter des lignes")
    await fill(page, a_form(first_day="2027-06-21", last_day="2027-06-25"))
    await press(page, "Dessiner la grille")
    await page.goto(f"{HOME}/planification/cinq-services-de-la-region/rotation")
    await press(page, "Mettre dans le programme")
    drawn = await sessions_of(pool, "cinq-services-de-la-region")
    # five groups, ten half-days: a whole day in each service
    assert len(drawn) == 50
    assert {group: len({title for one, title in drawn if one == group}) for group in "ABCDE"} == dict.fromkeys(
        "ABCDE", 5
    )


async def test_two_groups_of_the_school_authority_swap_in_the_middle_of_the_week(page, pool):
    await draft(page, title="À l’académie, à Caen", seats=12, first_day="2027-06-14", last_day="2027-06-18")
    slug = await pool.fetchval("SELECT slug FROM campaigns.offers WHERE title LIKE 'À l’académie%'")
    await page.goto(f"{HOME}/planification/{slug}/rotation")
    services = {name: value for name, value in a_form(groups="2").items() if not re.search("_[345]$", name)}
    await fill(page, services)
    for tick in await page.locator('input[type=checkbox][name*="-"]').all():
        if (await tick.get_attribute("name") or "").split("-")[0] in ("lun", "mar", "mer", "jeu", "ven"):
            await tick.set_checked(True)
    await press(page, "Dessiner la grille")
    await page.goto(f"{HOME}/planification/{slug}/rotation")
    await press(page, "Mettre dans le programme")
    drawn = await sessions_of(pool, slug)
    of_a = [title for group, title in drawn if group == "A"]
    assert len(set(of_a)) == 2
    # one long stay, then the other: the title changes once in the week
    assert sum(one != other for one, other in pairwise(of_a)) == 1


async def test_the_agency_hosts_twelve_with_the_template_week(page, pool):
    await draft(page, title="Une semaine à l’agence", seats=12, first_day="2027-06-14", last_day="2027-06-18")
    slug = await pool.fetchval("SELECT slug FROM campaigns.offers WHERE title = 'Une semaine à l’agence'")
    await page.goto(f"{HOME}/planification/{slug}/semaine/modele")
    await press(page, "Remplir")
    assert len(await sessions_of(pool, slug)) >= 20


async def test_mornings_of_two_weeks_in_two_towns_become_eight_drafts(page, pool, week):
    await page.goto(f"{HOME}/planification/series/nouvelle")
    await fill(page, {name: value for name, value in mornings(week).items() if name != "campaign_id"})
    await press(page, "Voir les dates")
    await press(page, "Créer 8 brouillons")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers WHERE kind = 'information_morning'") == 8


async def test_a_webinar_for_schools_has_a_link_that_only_the_registered_see(page, pool, week):
    await page.goto(f"{HOME}/planification/series/nouvelle")
    form = mornings(
        week, title="Préparer juin", audience="schools", kind="workshop", online_url="https://visio.example/juin"
    )
    kept = ("kind", "audience", "title", "seats", "mar", "starts_1", "ends_1", "online_url")
    await fill(page, {name: form[name] for name in kept} | {"first_day": "2027-06-15", "last_day": "2027-06-15"})
    await press(page, "Voir les dates")
    await press(page, "Créer 1 brouillon")
    row = await pool.fetchrow(
        """
        SELECT o.audience, s.online_url FROM campaigns.offers o JOIN campaigns.sessions s ON s.offer_id = o.id
        WHERE o.title LIKE 'Préparer juin%'
        """
    )
    assert tuple(row) == ("schools", "https://visio.example/juin")
