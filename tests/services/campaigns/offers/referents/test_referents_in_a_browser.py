"""A teacher answers on a phone, without a script and with one; every state is accessible and fits."""

import shutil

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright, expect

from infra.contact_sheet import QUIET
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.processes import web
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio

CHROMIUM = shutil.which("chromium")


@pytest.mark.parametrize("script", [False, True], ids=["without a script", "with one"])
async def test_a_teacher_answers_for_three_pupils_on_a_phone(pool, settings, small_week, tmp_path, script):
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    signer = Signer(settings.secret_keys)
    requests = [a_pupil(number, teacher_email="alix.morel@lycee.example") for number in (1, 2, 3)]
    async with transaction(pool) as connection:
        await register_pupils(connection, offer_id=small_week.offer_id, requests=requests, signer=signer, now=NOW)
    token = signer.token("teacher_link", await pool.fetchval("SELECT person_id FROM campaigns.referents"))
    async with web(settings, tmp_path) as (url, *_), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        context = await browser.new_context(
            viewport={"width": 320, "height": 640},
            java_script_enabled=script,
            color_scheme="dark" if script else "light",
        )
        page = await context.new_page()

        async def check(state: str) -> None:
            if script:
                results = await Axe().run(page)
                assert results.violations_count == 0, f"{state}: {results.generate_report()}"
                assert await page.evaluate("document.documentElement.scrollWidth") <= 320, state

        await page.goto(f"{url}/professeur/{token}")
        await check("asked")
        await page.get_by_role("button", name="C’est mon élève Camille Dupré b").click()
        await expect(page.get_by_text("Semaine à Pont-Audemer")).to_have_count(1)
        await page.get_by_role("button", name="Je ne connais pas cet élève Camille Dupré c").click()
        await expect(page.get_by_text("Vous avez dit ne pas connaître cet élève.")).to_have_count(1)
        await page.get_by_role("link", name="Corriger l’établissement ou la classe Camille Dupré d").click()
        await page.fill("#school", "")
        await page.get_by_role("button", name="Corriger et confirmer").click()
        await expect(page.locator("#school-erreur")).to_be_visible()
        await check("faults")
        if script:
            await page.locator("#school").press_sequentially("malerbe caen")
            await page.get_by_role("option", name="Lycée Malherbe, Caen").click()
            await check("chosen")
        else:
            await page.fill("#school", "lycee malherbe caen")
        await page.get_by_role("button", name="Corriger et confirmer").click()
        await expect(page.get_by_text("Votre élève, établissement ou classe corrigés.")).to_have_count(1)
        await check("answered")
        await browser.close()
    said = await pool.fetch("SELECT status FROM campaigns.referent_teachers ORDER BY status")
    assert [row["status"] for row in said] == ["confirmed", "corrected", "unknown"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.pupils WHERE school_uai = '0140013N'") == 1
