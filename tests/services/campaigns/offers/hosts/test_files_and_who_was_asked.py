"""A file that changes an offer whose hosts and speakers were asked: they are asked again or released, not forgotten."""

import pytest

from services.campaigns.imports.import_file import import_file
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import parse_answer
from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.notices import HostReleased, HostRequested, SpeakerReleased, SpeakerRequested
from tests.services.campaigns.imports.week_file import csv_bytes, grid, rows
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
def bring(pool, tmp_path):
    async def bring(sessions, **header):
        file = tmp_path / "semaine.csv"
        file.write_bytes(csv_bytes(grid(sessions, **header)))
        return await import_file(pool, file, now=NOW)

    return bring


async def an_asked_offer(pool, bring):
    """The offer of the file, its companies asked and both confirmed; the ids of its sessions in order."""
    await bring(rows())
    offer_id = await pool.fetchval("SELECT id FROM campaigns.offers")
    for row in await pool.fetch("SELECT DISTINCT host_id FROM campaigns.sessions"):
        await a_contact(pool, row["host_id"])
    await do(pool, request_hosts, offer_id=offer_id)
    for row in await pool.fetch("SELECT id FROM campaigns.host_requests"):
        await do(pool, answer_host_request, request_id=row["id"], given=parse_answer("confirmed"))
    sessions = [row["id"] for row in await pool.fetch("SELECT id FROM campaigns.sessions ORDER BY starts_at")]
    return offer_id, sessions


async def test_the_same_file_again_asks_nobody(pool, bring):
    await an_asked_offer(pool, bring)
    before = await events(pool)
    await bring(rows())
    assert await events(pool) == before


@pytest.mark.parametrize("status", ["published", "draft"])
async def test_a_moved_session_asks_again_and_a_session_that_is_gone_releases(pool, bring, status):
    offer_id, sessions = await an_asked_offer(pool, bring)
    await pool.execute("UPDATE campaigns.offers SET status = $2 WHERE id = $1", offer_id, status)
    edited = rows()
    edited[0]["Début"] = "10h"
    del edited[1]
    await bring(edited)
    asked = await events(pool, HostRequested)
    assert len(asked) == 5
    assert [change.field for change in asked[-1].changes] == ["starts_at"]
    assert (await request_of(pool, sessions[0]))["status"] == "awaited"
    released = await events(pool, HostReleased)
    assert [(event.reason, event.appointment.session_id) for event in released] == [("session_cancelled", sessions[1])]


async def test_another_company_in_the_file_releases_the_one_before(pool, bring):
    _, sessions = await an_asked_offer(pool, bring)
    edited = rows()
    edited[0] |= {"Entreprise": "Énergies du Marais", "Adresse": "1 chemin de la Turbine, 27500 Toutainville"}
    await bring(edited)
    assert [(event.reason, event.host) for event in await events(pool, HostReleased)] == [
        ("replaced", "Chantiers de la Risle")
    ]
    assert (await request_of(pool, sessions[0]))["status"] == "replaced"


async def test_a_file_keeps_who_is_invited_and_releases_who_had_confirmed_and_is_left_out(pool, bring):
    offer_id, sessions = await an_asked_offer(pool, bring)
    organisation_id = await pool.fetchval("SELECT organisation_id FROM campaigns.offers WHERE id = $1", offer_id)
    requests = []
    for name, session_id in (("Salomé Vasseur", sessions[0]), ("Idir Benali", sessions[2])):
        sheet = parse_sheet(name=name, trade="soudeuse", email=f"{name[:4].lower()}@metal.example")
        speaker_id = await do(pool, add_speaker, organisation_id=organisation_id, sheet=sheet)
        requests.append(await do(pool, invite_speaker, session_id=session_id, speaker_id=speaker_id))
    edited = rows()
    edited[1]["Titre"] = "Monter un mur droit"
    await bring(edited)
    taken = await pool.fetch("SELECT session_id FROM campaigns.session_speakers WHERE NOT confirmed")
    assert {row["session_id"] for row in taken} == {sessions[0], sessions[2]}
    assert len(await events(pool, SpeakerRequested)) == 2
    await do(pool, answer_invitation, request_id=requests[0], answer="confirmed")
    edited[0]["Intervenants"] = "Salomé Vasseur (soudeuse)"
    await bring(edited)
    assert await events(pool, SpeakerReleased) == []
    edited[0]["Intervenants"] = ""
    await bring(edited)
    assert [(event.reason, event.speaker) for event in await events(pool, SpeakerReleased)] == [
        ("replaced", "Salomé Vasseur")
    ]
