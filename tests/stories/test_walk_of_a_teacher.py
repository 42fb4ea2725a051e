"""A teacher signs in by the link of a mail, brings a class, and sees where each pupil is and who has nothing."""

import pytest

from shared.database import transaction
from tests.browser import press
from tests.stories.story import begin
from tests.stories.walk import SCREENS, fill_in, mail_with, open_path
from tests.world import a_member, an_organisation

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("screen", "script"), [("phone", False), ("desktop", True)], ids=["phone", "desktop"])
async def test_who_has_nothing_is_seen_first_and_a_registration_changes_it(open_page, running, screen, script):
    story = await begin(running)
    teacher = story.guardian(9)
    async with transaction(running.pool) as connection:
        slug = f"lycee-{story.week.slug}"
        school = await an_organisation(connection, slug=slug, kind="school", name="Lycée Jacques Prévert")
        await a_member(connection, school, role="teacher", email=teacher)
    page = await open_page(**SCREENS[screen], script=script)
    await open_path(page, story, "/connexion?vers=/planification/eleves")
    await page.fill("#email", teacher)
    await press(page, page.get_by_role("button", name="Recevoir le lien"))
    _, link = await mail_with(story, teacher, "/connexion")
    await open_path(page, story, link)
    await press(page, page.get_by_role("button", name="Se connecter"))

    await open_path(page, story, "/planification/eleves/liste")
    await page.fill("#list", f"Dupré a;Camille;{story.address(0)}\nRoy;Jo;{story.address(1)}")
    await page.fill("#class_name", "2nde 4")
    await press(page, page.get_by_role("button", name="Relire la liste"))
    await press(page, page.get_by_role("button", name="Garder"))
    await open_path(page, story, "/planification/eleves")
    assert "2 élèves n’ont rien" in await page.locator("h1").inner_text()

    # a pupil registers and names the teacher, who says that it is theirs
    pupil = await open_page(**SCREENS["phone"], script=script)
    await open_path(pupil, story, f"/offres/{story.week.slug}/inscription")
    await fill_in(pupil, story, 0)
    await pupil.click("summary")
    await pupil.fill("#class_name", "2nde 4")
    await pupil.fill("#teacher_email", teacher)
    await press(pupil, "main form button[type=submit]")
    _, asked = await mail_with(story, teacher, "/professeur")
    await open_path(page, story, asked)
    await press(page, page.get_by_role("button", name="C’est mon élève").first)

    await open_path(page, story, "/planification/eleves")
    assert "Un élève n’a rien" in await page.locator("h1").inner_text()
    assert "Roy" in await page.locator("tbody.has-nothing").inner_text()
    seated = page.locator("tbody", has_text="Dupré a Camille")
    assert "Semaine à Pont-Audemer" in await seated.inner_text()
    assert await page.locator("tbody").count() == 2
