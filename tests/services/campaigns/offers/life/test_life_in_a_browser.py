"""Pages of the life of an offer in a real browser: accessible (axe), no wider than a phone; a cancellation by hand."""

import os
from pathlib import Path

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.world import NOW, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

# where to keep pictures, to look at them
PICTURES = os.environ.get("QUINZAINE_PICTURES", "")


@pytest.fixture
async def week(pool, settings, small_week):
    """Beside the small week: a cancelled one, a draft that lacks things; a pupil, a guardian, a changed session."""
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "d@famille.example"}
    async with transaction(pool) as connection:
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", small_week.organisation_id)
        cancelled = await a_week(connection, slug="annulee")
        await cancel_offer(connection, offer_id=cancelled.offer_id, now=NOW)
        draft = await a_week(connection, slug="brouillon", published=False)
        partner = await an_organisation(connection, slug="region", kind="local_authority", name="La Région")
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)",
            draft.campaign_id,
            partner,
        )
        await connection.execute(
            "UPDATE campaigns.sessions SET ends_at = ends_at + interval '4 hours' WHERE id = $1", draft.sessions[1]
        )
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(number, **guardian) for number in (1, 2, 3)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        await change_session(
            connection,
            session_id=small_week.sessions[2],
            change=SessionChange(starts_at=at(1, 10)),
            note="Le car part plus tard.",
            now=NOW,
        )
    async with transaction(pool) as connection:
        ids = [row["id"] for row in await connection.fetch("SELECT id FROM contract.events ORDER BY id")]
        letters = await plan_events(connection, ids, settings=settings, now=NOW)
    # written and kept, as before the first attempt; nothing is sent
    server = MailServer(settings.smtp_url, connections=1, local_hostname="quinzaine.example")
    await Sender(settings, pool, server)._prepare(letters, 1)
    return small_week


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_every_page_is_accessible_and_no_wider_than_its_screen(pool, open_page, planner, week, width):
    scheme = "light" if width == 390 else "dark"
    page = await open_page(width=width, scheme=scheme, secret=planner.member.secret)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    slug = week.slug
    sending_id = await pool.fetchval("SELECT id FROM contract.mails ORDER BY id LIMIT 1")
    for name, path in {
        "offers": "/planification/offres",
        "no offers": "/planification/offres?etat=full&campagne=" + str(week.offer_id),
        "new offer": "/planification/offres/nouvelle",
        "settings": f"/planification/{slug}/reglages",
        "publication of a draft": "/planification/brouillon/publication",
        "publication": f"/planification/{slug}/publication",
        "preview": "/planification/brouillon/publication/apercu",
        "cancellation": f"/planification/{slug}/annulation",
        "cancellation of a session": f"/planification/{slug}/seances/{week.sessions[0]}/annulation",
        "sendings": f"/planification/{slug}/envois",
        "a sending": f"/planification/{slug}/envois/{sending_id}",
        "file": f"/planification/{slug}/fichier",
    }.items():
        await page.goto(HOME + path, wait_until="load")
        await _look(page, name, width)
    await page.goto(f"{HOME}/planification/{slug}/reglages")
    await page.fill("#city", "Bernay")
    await press(page, "text=Enregistrer")
    await page.wait_for_selector(".very-mail")
    await _look(page, "consequences", width)
    await page.goto(f"{HOME}/planification/{slug}/fichier")
    file = await planner.get(f"/planification/{slug}/fichier/programme.csv")
    changed = file.content.replace(b"Visite 1.1", b"Visite du port").replace(
        b"Pont-Audemer\r\nPlaces", b"Bernay\r\nPlaces"
    )
    lines = changed.splitlines(keepends=True)
    await page.set_input_files("#file", {"name": "semaine.csv", "mimeType": "text/csv", "buffer": b"".join(lines[:-1])})
    await press(page, "text=Voir ce qu’il change")
    await page.wait_for_selector(".preview")
    await _look(page, "file preview", width)
    await page.goto(f"{HOME}/planification/{slug}/fichier")
    await page.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv", "buffer": b"Titre;x\r\nVille;=1"})
    await press(page, "text=Voir ce qu’il change")
    await page.wait_for_selector(".summary")
    await _look(page, "file refused", width)
    await page.goto(f"{HOME}/planification/offres/nouvelle")
    await press(page, "text=Créer le brouillon")
    await page.wait_for_selector(".summary")
    await _look(page, "new offer refused", width)
    # an answer that says 422 is told by the browser itself
    assert [trouble for trouble in troubles if "422" not in trouble] == []
    assert open_page.strangers == []


async def test_an_offer_is_cancelled_by_hand_after_two_questions(pool, open_page, planner, week):
    page = await open_page(width=390, scheme="light", secret=planner.member.secret)
    await page.goto(f"{HOME}/planification/{week.slug}/annulation")
    await page.fill("#note", "Le site est fermé.")
    await page.click("text=Relire le message")
    await page.wait_for_function("document.querySelector('.letter pre').textContent.includes('Le site est fermé.')")
    await press(page, "button:has-text('Annuler l’offre')")
    await page.wait_for_selector("[role=alert]")
    assert await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", week.offer_id) == "published"
    assert await page.input_value("#note") == "Le site est fermé."
    await press(page, "text=Oui, annuler l’offre")
    assert await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", week.offer_id) == "cancelled"
    note = await pool.fetchval(
        "SELECT body ->> 'note' FROM contract.events WHERE tag = 'offer.cancelled' AND offer_id = $1", week.offer_id
    )
    assert note == "Le site est fermé."


async def _look(page, name: str, width: int) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name.replace(' ', '-')}-{width}.png", full_page=True)
    results = await judge(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
