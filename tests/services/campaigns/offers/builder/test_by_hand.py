"""The week of Pont-Audemer built by hand in a real browser: with the pointer, the keyboard alone, and forms."""

from datetime import date
from uuid import UUID

import pytest
from playwright.async_api import Locator, Page

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from shared.database import Pool, transaction
from shared.signed_links import Signer
from tests.browser import HOME, Pages, judge, press
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

WEEK = f"{HOME}/planification/semaine-pont-audemer/semaine"


async def open_planner(open_page: Pages, secret: str, *, width: int = 1280, **given) -> Page:
    """A page of a planner; whatever it complains of fails the test."""
    page = await open_page(secret=secret, width=width, height=1200, **given)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


@pytest.fixture
async def draft(pool: Pool):
    """An offer with nothing in it."""
    async with transaction(pool) as connection:
        return await a_week(connection, published=False, days=0)


@pytest.fixture
async def page(open_page, sign_in, draft) -> Page:
    someone = await sign_in(draft.organisation_id)
    return await open_planner(open_page, someone.member.secret)


async def stored(pool: Pool, title: str) -> tuple[str, str, str]:
    """(day, start, end) of a session, in Paris."""
    row = await pool.fetchrow(
        """
        SELECT to_char(starts_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD') AS day,
               to_char(starts_at AT TIME ZONE 'Europe/Paris', 'HH24:MI') AS starts,
               to_char(ends_at AT TIME ZONE 'Europe/Paris', 'HH24:MI') AS ends
        FROM campaigns.sessions WHERE title = $1 ORDER BY starts_at LIMIT 1
        """,
        title,
    )
    return (row["day"], row["starts"], row["ends"])


async def announced(page: Page, text: str) -> None:
    await page.wait_for_function("text => document.getElementById('annonce').textContent.includes(text)", arg=text)


def block(page: Page, title: str) -> Locator:
    return page.locator(".block > a").filter(has=page.locator("b", has_text=title)).first


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    await page.mouse.move(*start)
    await page.mouse.down()
    await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    await page.mouse.move(*end, steps=4)
    await page.mouse.up()


async def hour_of(page: Page) -> float:
    """The height of an hour on the board, in px."""
    heights: list[float] = await page.locator(".hours li").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    return heights[0]


async def sound(page: Page) -> None:
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.usefixtures("draft")
async def test_the_week_of_pont_audemer_is_built_by_hand(page, pool):
    # from nothing: the template week, by form
    await page.goto(WEEK)
    await sound(page)
    await press(page, "text=Partir de la semaine modèle")
    await page.fill("#date", "2027-06-16")
    await press(page, "text=Remplir la semaine")
    await page.wait_for_selector(".block")
    assert await page.locator(".block").count() == 25
    assert await pool.fetchval("SELECT count(*) FROM contract.events") == 0
    await sound(page)

    # the day: its sector and whom to call, for all days
    await page.click("#t-2027-06-14 a")
    await page.select_option("#sector", "s10")
    await page.fill("#emergency_phone", "02 32 00 00 00")
    await page.click("text=Enregistrer la journée")
    await page.wait_for_selector("#j-2027-06-14.f-construction")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.days WHERE emergency_phone = '02 32 00 00 00'") == 5

    # the sheet, opened by a click on the block: title and host
    await block(page, "Visite").click()
    await page.wait_for_selector("#fiche #title")
    await sound(page)
    await page.fill("#title", "Un immeuble sort de terre")
    await page.fill("#host", "chantiers de la risle")
    await page.fill("#expected", "Montrer le plan,\npuis le chantier.")
    await page.click("#fiche button[type=submit]")
    await announced(page, "enregistrée")
    assert await page.locator("#fiche").inner_html() == ""
    row = await pool.fetchrow(
        "SELECT place, expected FROM campaigns.sessions WHERE title = 'Un immeuble sort de terre'"
    )
    assert (row["place"], row["expected"]) == (
        "1 rue du Quai, 27500 Pont-Audemer",
        "Montrer le plan,\npuis le chantier.",
    )

    # the pointer: the debrief of Monday goes half an hour later, then is stretched, then goes to Friday
    hour = await hour_of(page)
    box = await block(page, "Bilan de la journée").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + 6)
    seen = await page.evaluate("scrollY")
    await drag(page, middle, (middle[0], middle[1] + hour / 2))
    await announced(page, "16 h–16 h 30")
    assert seen == await page.evaluate("scrollY"), "the page stays where it was while its board is swapped"
    assert await stored(pool, "Bilan de la journée") == ("2027-06-14", "16:00", "16:30")
    box = await block(page, "Bilan de la journée").bounding_box()
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    await drag(page, edge, (edge[0], edge[1] + hour / 2))
    await announced(page, "16 h–17 h")
    tuesday = page.locator('.board[data-date="2027-06-15"] .block > a').first
    box, goal = await tuesday.bounding_box(), await page.locator('.board[data-date="2027-06-16"]').bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + 6)
    await drag(page, middle, (goal["x"] + goal["width"] / 2, middle[1] + 7.5 * hour))
    await announced(page, "mercredi 16 juin, 16 h 30–17 h")
    assert await page.locator('.board[data-date="2027-06-16"] .block').count() == 6

    # a drop on what stands there already is refused, by name, and nothing moves
    box = await block(page, "Accueil").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + 6)
    await drag(page, middle, (middle[0], middle[1] + hour))
    await page.wait_for_selector("#semaine [role=alert]")
    assert "a déjà « Un immeuble sort de terre » (9 h 30–12 h)" in await page.inner_text("#semaine [role=alert]")
    assert await stored(pool, "Accueil") == ("2027-06-14", "09:00", "09:30")

    # a click on an empty hour: a new session there
    await page.locator('.board[data-date="2027-06-17"] .cells .sh-17').click()
    await page.wait_for_selector("#fiche #title")
    assert await page.input_value("#starts") == "17:00"
    assert await page.input_value("#date") == "2027-06-17"
    await page.fill("#title", "Dégustation")
    await page.click("#fiche button[type=submit]")
    await announced(page, "« Dégustation » ajoutée")
    assert await stored(pool, "Dégustation") == ("2027-06-17", "17:00", "18:00")
    assert await page.locator(".summary").count() == 0


@pytest.mark.usefixtures("draft")
async def test_the_keyboard_alone_moves_stretches_and_opens(page, pool):
    await page.goto(f"{WEEK}/modele")
    await page.fill("#date", "2027-06-16")
    await press(page, "text=Remplir la semaine")
    await page.wait_for_url(WEEK)
    await block(page, "Bilan de la journée").focus()
    await page.keyboard.press("ArrowDown")
    await announced(page, "lundi 14 juin, 15 h 45–16 h 15")
    for _ in range(3):  # quickly one after the other: each waits for the one before
        await page.keyboard.press("ArrowDown")
    await announced(page, "16 h 30–17 h")
    assert await page.evaluate("document.activeElement.textContent.includes('Bilan')")
    await page.keyboard.press("Shift+ArrowDown")
    await announced(page, "16 h 30–17 h 15")
    await page.keyboard.press("ArrowRight")
    await announced(page, "mardi 15 juin, 16 h 30–17 h 15")
    assert await page.evaluate("document.activeElement.closest('.board').dataset.date") == "2027-06-15"
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#fiche #title")
    assert await page.evaluate("document.activeElement.id") == "title"
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.textContent.includes('Bilan')")
    row = await pool.fetchrow(
        "SELECT starts_at, version FROM campaigns.sessions WHERE title LIKE 'Bilan%' ORDER BY version DESC LIMIT 1"
    )
    assert (row["starts_at"].date(), row["version"]) == (date(2027, 6, 15), 7)


async def test_in_a_public_offer_a_key_moves_nothing_before_it_is_said_who_is_told(open_page, sign_in, pool, settings):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        signer = Signer(settings.secret_keys)
        await register_pupils(connection, offer_id=week.offer_id, requests=[a_pupil()], signer=signer, now=NOW)
    someone = await sign_in(week.organisation_id)
    page = await open_planner(open_page, someone.member.secret)
    await page.goto(WEEK)
    await block(page, "Visite 1.2").focus()
    await page.keyboard.press("ArrowDown")
    await page.wait_for_selector("text=Qui sera prévenu")
    await sound(page)
    assert await stored(pool, "Visite 1.2") == ("2027-06-14", "13:00", "16:00")
    await page.fill("#note", "Le bus part plus tard.")
    await press(page, "text=Changer et prévenir")
    await page.wait_for_selector("#semaine")
    assert await stored(pool, "Visite 1.2") == ("2027-06-14", "13:15", "16:15")
    assert "Le bus part plus tard." in await pool.fetchval(
        "SELECT body FROM contract.events WHERE tag = 'session.changed'"
    )


@pytest.mark.usefixtures("draft")
async def test_two_planners_at_once_choose_field_by_field(page, pool):
    await page.goto(f"{WEEK}/modele")
    await page.fill("#date", "2027-06-16")
    await press(page, "text=Remplir la semaine")
    await block(page, "Visite").click()
    await page.wait_for_selector("#fiche #title")
    session_id: UUID = await pool.fetchval(
        "SELECT id FROM campaigns.sessions WHERE title = 'Visite' ORDER BY starts_at"
    )
    async with transaction(pool) as connection:
        theirs = SessionChange(title="Visite du chantier", bring="casque")
        await change_session(connection, session_id=session_id, change=theirs, now=NOW)
    await page.fill("#title", "Le chantier, vu d’en haut")
    await page.fill("#expected", "Deux heures debout")
    await page.click("#fiche button[type=submit]")
    await page.wait_for_selector("#fiche .both-hands")
    await sound(page)
    said = await page.inner_text("#fiche")
    assert "Rien de vous n’est encore enregistré" in said
    assert "c’était : Visite" in said
    assert "Visite du chantier" in said
    assert await page.locator(".choose").count() == 3
    # only one of both has touched these: they are chosen already, the title is not
    assert await page.locator(".choose input:checked").count() == 2
    await page.locator(".choose label", has_text="vu d’en haut").click()
    await page.click("#fiche button[type=submit]")
    await announced(page, "enregistrée")
    row = await pool.fetchrow("SELECT title, bring, expected FROM campaigns.sessions WHERE id = $1", session_id)
    assert tuple(row) == ("Le chantier, vu d’en haut", "casque", "Deux heures debout")


async def test_a_block_changes_its_lane_by_the_pointer_and_a_service_that_is_away_is_said(open_page, sign_in, pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False, groups=("A", "B"))
    someone = await sign_in(week.organisation_id)
    page = await open_planner(open_page, someone.member.secret)
    await page.goto(WEEK)
    box = await block(page, "Visite 1.2").bounding_box()  # in the lane of B
    middle = (box["x"] + box["width"] / 2, box["y"] + 10)
    await drag(page, middle, (middle[0] - box["width"], middle[1]))
    await announced(page, "« Visite 1.2 »")
    assert (
        await pool.fetchval("SELECT group_id FROM campaigns.sessions WHERE id = $1", week.sessions[1]) == week.groups[0]
    )

    await page.context.unroute_all()
    await page.context.route("**/*", lambda route: route.abort())
    await block(page, "Visite 1.2").focus()
    await page.keyboard.press("ArrowDown")
    await announced(page, "Rien n’a été enregistré : le service ne répond pas.")
    assert await page.locator("#semaine > .summary").is_visible()


async def test_a_finger_drags_by_the_handle_on_a_tablet_and_scrolls_elsewhere(open_page, sign_in, pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
    someone = await sign_in(week.organisation_id)
    page = await open_planner(open_page, someone.member.secret, width=1024, has_touch=True, is_mobile=True)
    await page.goto(WEEK)
    hour = await hour_of(page)
    finger = await page.context.new_cdp_session(page)

    async def swipe(x: float, y: float, by: float) -> None:
        for kind, moved in (("touchStart", 0.0), ("touchMove", by / 2), ("touchMove", by), ("touchEnd", None)):
            points = [] if moved is None else [{"x": x, "y": y + moved}]
            await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    box = await block(page, "Visite 1.2").bounding_box()
    await swipe(box["x"] + 20, box["y"] + 60, hour)
    assert await stored(pool, "Visite 1.2") == ("2027-06-14", "13:00", "16:00")
    await page.evaluate("window.scrollTo(0, 0)")
    box = await block(page, "Visite 1.2").bounding_box()
    await swipe(box["x"] + box["width"] - 12, box["y"] + 12, hour)
    await announced(page, "14 h–17 h")
    assert await stored(pool, "Visite 1.2") == ("2027-06-14", "14:00", "17:00")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (820, "dark"), (1280, "dark")])
async def test_every_page_is_accessible_at_every_width(open_page, sign_in, pool, width, scheme):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False, groups=("A", "B", "C"))
    someone = await sign_in(week.organisation_id)
    page = await open_planner(open_page, someone.member.secret, width=width, scheme=scheme)
    for path in (
        "", "/seances/nouvelle", f"/seances/{week.sessions[0]}", f"/seances/{week.sessions[0]}/retrait",
        "/jours/nouveau", "/jours/2027-06-14", "/groupes", "/modele", "/../jour/2027-06-14",
    ):  # fmt: skip
        await page.goto(WEEK + path)
        await sound(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
