"""A teacher answers on a phone, without a script and with one; every state is accessible and fits."""

import pytest
from playwright.async_api import expect

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("script", [False, True], ids=["without a script", "with one"])
async def test_a_teacher_answers_for_three_pupils_on_a_phone(open_page, pool, settings, small_week, script):
    signer = Signer(settings.secret_keys)
    requests = [a_pupil(number, teacher_email="alix.morel@lycee.example") for number in (1, 2, 3)]
    async with transaction(pool) as connection:
        await register_pupils(connection, offer_id=small_week.offer_id, requests=requests, signer=signer, now=NOW)
    token = signer.token("teacher_link", await pool.fetchval("SELECT person_id FROM campaigns.referents"))
    page = await open_page(width=320, height=640, script=script, scheme="dark" if script else "light")

    async def check(state: str) -> None:
        if script:
            results = await judge(page)
            assert results.violations_count == 0, f"{state}: {results.generate_report()}"
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320, state

    await page.goto(f"{HOME}/professeur/{token}")
    await check("asked")
    await press(page, page.get_by_role("button", name="C’est mon élève Camille Dupré b"))
    await expect(page.get_by_text("Semaine à Pont-Audemer")).to_have_count(1)
    await press(page, page.get_by_role("button", name="Je ne connais pas cet élève Camille Dupré c"))
    await expect(page.get_by_text("Vous avez dit ne pas connaître cet élève.")).to_have_count(1)
    await press(page, page.get_by_role("link", name="Corriger l’établissement ou la classe Camille Dupré d"))
    await page.fill("#school", "")
    await press(page, page.get_by_role("button", name="Corriger et confirmer"))
    await expect(page.locator("#school-erreur")).to_be_visible()
    await check("faults")
    if script:
        await page.locator("#school").press_sequentially("malerbe caen")
        await page.get_by_role("option", name="Lycée Malherbe, Caen").click()
        await check("chosen")
    else:
        await page.fill("#school", "lycee malherbe caen")
    await press(page, page.get_by_role("button", name="Corriger et confirmer"))
    await expect(page.get_by_text("Votre élève, établissement ou classe corrigés.")).to_have_count(1)
    await check("answered")
    said = await pool.fetch("SELECT status FROM campaigns.referent_teachers ORDER BY status")
    assert [row["status"] for row in said] == ["confirmed", "corrected", "unknown"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.pupils WHERE school_uai = '0140013N'") == 1
