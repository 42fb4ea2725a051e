"""Pages of hosts and speakers in a real browser: accessible (axe), no wider than a phone, the answer at the thumb."""

import os
from pathlib import Path

import pytest

from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import parse_answer
from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.hosts.share_names import share_names
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.notices import HostRequested
from shared.signed_links import Signer
from tests.browser import HOME, judge, press
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import a_pupil, at

pytestmark = pytest.mark.anyio

# where to keep pictures, to look at them
PICTURES = os.environ.get("QUINZAINE_PICTURES", "")


@pytest.fixture
async def paths(pool, settings, small_week, sign_in):
    """Each page in its states: awaited, confirmed with names, proposed, declined, a bank with an invitation."""
    signer = Signer(settings.secret_keys)
    week = small_week
    await a_contact(pool, week.hosts[0])
    await do(pool, register_pupils, offer_id=week.offer_id, requests=[a_pupil(1), a_pupil(2)], signer=signer)
    await do(pool, request_hosts, offer_id=week.offer_id)
    requests = [await request_of(pool, session_id) for session_id in week.sessions[0:8:2]]
    confirmed, proposed, declined, awaited = requests
    await do(pool, answer_host_request, request_id=confirmed["id"], given=parse_answer("confirmed"))
    other_time = parse_answer("proposed", word="Pas avant dix heures.", starts_at=at(1, 10), ends_at=at(1, 13))
    await do(pool, answer_host_request, request_id=proposed["id"], given=other_time)
    no = parse_answer("declined", word="Le chantier est arrêté jusqu’en juillet.")
    await do(pool, answer_host_request, request_id=declined["id"], given=no)
    await do(pool, share_names, offer_id=week.offer_id)
    sheet = parse_sheet(
        name="Salomé Vasseur", trade="soudeuse", employer="Métal", sector="s10", email="s@metal.example"
    )
    speaker_id = await do(pool, add_speaker, organisation_id=week.organisation_id, sheet=sheet)
    invitation_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    await sign_in(week.hosts[0], role="host")
    hosts, bank = f"/planification/{week.slug}/accueils", "/planification/intervenants"
    return {
        "hosts": hosts,
        "request": f"{hosts}/{week.sessions[1]}/demande",
        "replacement": f"{hosts}/{week.sessions[4]}/remplacement",
        **{
            f"link {name}": f"/accueil/{signer.token('host', request['id'])}"
            for name, request in zip(("confirmed", "proposed", "declined", "awaited"), requests, strict=True)
        },
        "space": f"/accueil/{signer.token('host_space', awaited['person_id'])}/tout",
        "hostings": "/planification/accueils",
        "bank": bank,
        "bank for a session": f"{bank}?seance={week.sessions[2]}",
        "speaker": f"{bank}/{speaker_id}",
        "new speaker": f"{bank}/nouveau",
        "testimony": f"/temoignage/{signer.token('speaker', invitation_id)}",
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
async def test_each_page_is_accessible_and_fits(open_page, planner, paths, width, scheme):
    page = await open_page(width=width, scheme=scheme, secret=planner.member.secret)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for name, path in paths.items():
        await page.goto(HOME + path, wait_until="load")
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name} {width} {scheme}.png", full_page=True)
        results = await judge(page)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert open_page.strangers == []
    assert troubles == []


async def test_the_panel_before_a_replacement_is_accessible(open_page, pool, planner, paths):
    page = await open_page(width=390, scheme="light", secret=planner.member.secret)
    await page.goto(HOME + paths["replacement"])
    await page.fill("#company", "Ateliers du Pont")
    await page.fill("#place", "3 quai Neuf, 27500 Pont-Audemer")
    await page.fill("#name", "Inès Roux")
    await page.fill("#email", "ines@pont.example")
    await press(page, page.get_by_role("button", name="Remplacer"))
    await page.get_by_text("Le message, mot pour mot").wait_for()
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / "panel 390 light.png", full_page=True)
    results = await judge(page)
    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await press(page, page.get_by_role("button", name="Changer et prévenir"))
    assert [event.host for event in (await events(pool, HostRequested))[-1:]] == ["Ateliers du Pont"]


async def test_a_company_answers_in_two_touches_on_a_phone(open_page, pool, paths):
    page = await open_page(width=390, scheme="light")
    await page.goto(HOME + paths["link awaited"])
    box = await page.get_by_role("button", name="Confirmer l’accueil").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await page.get_by_text("Proposer un autre horaire").click()
    await page.fill("#start", "10:00")
    await page.fill("#end", "12:00")
    await press(page, page.get_by_role("button", name="Proposer cet horaire"))
    await page.get_by_text("Vous proposez le").wait_for()
    assert await pool.fetchval("SELECT count(*) FROM campaigns.host_requests WHERE status = 'proposed'") == 2
