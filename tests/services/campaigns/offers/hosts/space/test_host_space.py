"""The secret addresses of a company: one calendar of all its sessions, and their end when they are renewed."""

import pytest
from msgspec.structs import replace

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import GivenAnswer
from services.campaigns.offers.hosts.remind_hosts import remind_hosts
from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.register_pupils import register_pupils
from shared.notices import HostReminded, HostRequested
from shared.signed_links import Signer
from tests.application import visiting
from tests.folding_client import FoldingCalendar
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
async def asked(pool, small_week):
    """The small week, its first company asked for five sessions."""
    await a_contact(pool, small_week.hosts[0])
    await do(pool, request_hosts, offer_id=small_week.offer_id)
    return small_week


@pytest.fixture
async def subscriber(settings):
    """A calendar program; the process remembers no state."""
    async with visiting(replace(settings, feed_memory_seconds=0), raise_server_exceptions=False) as it:
        it.headers["Accept-Encoding"] = "identity"
        yield it


def calendar(token: str) -> str:
    return f"/calendars/accueils/{token}.ics"


def page_of(address: str) -> str:
    """The page that adds the calendar of an address to one's agenda."""
    return address.replace("/calendars/", "/agenda/").removesuffix(".ics")


def statuses(answer) -> list[str]:
    assert answer.status_code == 200
    folded = FoldingCalendar()
    folded.apply(answer.content)
    return [entry.status for entry in folded.entries()]


async def test_a_company_has_all_its_sessions_in_one_calendar_with_what_it_is_to_know(pool, subscriber, signer, asked):
    await pool.execute("UPDATE campaigns.offers SET contact = 'Claire, 02 00 00 00 00' WHERE id = $1", asked.offer_id)
    await pool.execute(
        "UPDATE campaigns.sessions SET meeting_point = 'Au portail', expected = 'Gilets' WHERE offer_id = $1",
        asked.offer_id,
    )
    await do(pool, register_pupils, offer_id=asked.offer_id, requests=[a_pupil(1)], signer=signer)
    request = await request_of(pool, asked.sessions[0])
    whole = await subscriber.get(calendar(signer.token("host_space", asked.hosts[0])))
    of_person = await subscriber.get(calendar(signer.token("host_space", request["person_id"])))
    for answer in (whole, of_person):
        assert statuses(answer) == ["TENTATIVE"] * 5
        unfolded = answer.text.replace("\r\n ", "")
        for told in ("02 00 00 00 00", "Au portail", "Attendu : Gilets", "Élèves : 2 au plus", "PT1H"):
            assert told in unfolded
        assert "Dupré" not in answer.text
        assert answer.headers["Cache-Control"].startswith("private")
    assert "X-WR-CALNAME:Accueils de Chantiers de la Risle" in whole.text
    await do(pool, answer_host_request, request_id=request["id"], given=GivenAnswer(answer="confirmed"))
    confirmed = await subscriber.get(calendar(signer.token("host_space", asked.hosts[0])))
    assert sorted(statuses(confirmed)) == ["CONFIRMED"] + ["TENTATIVE"] * 4


async def test_a_draft_is_in_the_calendar_of_who_was_asked_for_it_alone(pool, subscriber, signer, asked):
    await pool.execute("UPDATE campaigns.offers SET status = 'draft' WHERE id = $1", asked.offer_id)
    assert len(statuses(await subscriber.get(calendar(signer.token("host_space", asked.hosts[0]))))) == 5
    assert statuses(await subscriber.get(calendar(signer.token("host_space", asked.hosts[1])))) == []


async def test_the_same_state_is_the_same_bytes_and_every_change_is_another(pool, subscriber, signer, asked):
    address = calendar(signer.token("host_space", asked.hosts[0]))
    first = await subscriber.get(address)
    again = await subscriber.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await subscriber.get(address)).content == first.content
    await pool.execute("UPDATE campaigns.offers SET title = 'Autre titre' WHERE id = $1", asked.offer_id)
    changed = await subscriber.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Autre titre" in changed.text


async def test_what_is_declined_or_cancelled_stays_as_cancelled_and_says_no_place(pool, subscriber, signer, asked):
    await pool.execute("UPDATE campaigns.sessions SET place = '7 rue Secrète' WHERE offer_id = $1", asked.offer_id)
    request = await request_of(pool, asked.sessions[0])
    await do(pool, answer_host_request, request_id=request["id"], given=GivenAnswer(answer="declined"))
    await do(pool, cancel_session, session_id=asked.sessions[2])
    answer = await subscriber.get(calendar(signer.token("host_space", asked.hosts[0])))
    assert sorted(statuses(answer)) == ["CANCELLED"] * 2 + ["TENTATIVE"] * 3
    assert answer.text.replace("\r\n ", "").count("LOCATION:7 rue Secrète") == 3


async def test_who_has_the_link_of_the_mail_renews_the_address_and_the_old_one_ends(
    pool, visitor, subscriber, signer, asked
):
    person_id = (await request_of(pool, asked.sessions[0]))["person_id"]
    old = signer.token("host_space", person_id)
    shown = await visitor.get(f"/accueil/{old}/tout")
    assert f"/agenda/accueils/{old}" in shown.text
    assert calendar(old) in (await visitor.get(f"/agenda/accueils/{old}")).text
    renewed = await visitor.post(f"/accueil/{old}/tout/adresse", follow_redirects=False)
    new = signer.token("host_space", person_id, 2)
    assert (renewed.status_code, renewed.headers["location"]) == (303, f"/accueil/{new}/tout")
    assert (await visitor.get(f"/accueil/{new}/tout")).status_code == 200
    assert len(statuses(await subscriber.get(calendar(new)))) == 5
    assert (await visitor.get(f"/accueil/{old}/tout")).status_code == 404
    assert (await visitor.post(f"/accueil/{old}/tout/adresse")).status_code == 404
    assert (await subscriber.get(calendar(old))).status_code == 404
    trail = await pool.fetch("SELECT organisation_id FROM campaigns.audit WHERE action = 'renew_host_space'")
    assert [row["organisation_id"] for row in trail] == [asked.hosts[0]]


async def test_a_member_of_the_company_renews_it_for_all_who_were_written_to(
    pool, visitor, subscriber, signer, asked, sign_in
):
    person_id = (await request_of(pool, asked.sessions[0]))["person_id"]
    member = await sign_in(asked.hosts[0], role="host")
    old = signer.token("host_space", asked.hosts[0])
    page = await member.get("/planification/accueils")
    assert f"/agenda/accueils/{old}" in page.text
    answer = await member.post("/planification/accueils/adresse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/planification/accueils#agenda")
    new = calendar(signer.token("host_space", asked.hosts[0], 2))
    assert page_of(new) in (await member.get("/planification/accueils")).text
    assert (await subscriber.get(new)).status_code == 200
    assert (await subscriber.get(calendar(old))).status_code == 404
    assert (await visitor.get(f"/accueil/{signer.token('host_space', person_id)}/tout")).status_code == 404
    other = calendar(signer.token("host_space", asked.hosts[1]))
    assert (await subscriber.get(other)).status_code == 200, "another company's stays"
    viewer = await sign_in(asked.hosts[0], role="viewer")
    assert (await viewer.post("/planification/accueils/adresse")).status_code == 403


async def test_mails_sent_after_a_renewal_carry_the_new_address(pool, visitor, signer, asked):
    person_id = (await request_of(pool, asked.sessions[0]))["person_id"]
    assert {event.space_version for event in await events(pool, HostRequested)} == {1}
    await visitor.post(f"/accueil/{signer.token('host_space', person_id)}/tout/adresse", follow_redirects=False)
    await pool.execute("UPDATE campaigns.host_requests SET answer_by = $1", NOW.replace(hour=23))
    await pool.execute("UPDATE campaigns.host_requests SET asked_at = $1", NOW.replace(year=NOW.year - 1))
    await do(pool, remind_hosts, offer_id=asked.offer_id)
    assert {event.space_version for event in await events(pool, HostReminded)} == {2}


async def test_a_wrong_secret_is_no_calendar(subscriber, signer, asked):
    good = signer.token("host_space", asked.hosts[0])
    for token in (good[:-1], signer.token("feed", asked.hosts[0]), signer.token("host_space", asked.offer_id), ""):
        assert (await subscriber.get(calendar(token))).status_code == 404


async def test_machines_read_and_renew_the_address_of_their_own_company(visitor, subscriber, signer, asked):
    address = "/api/v1/host-requests/calendar"
    company = {"Authorization": f"Bearer {signer.token('planner', asked.hosts[0])}"}
    first = (await visitor.get(address, headers=company)).json()["url"]
    assert first.endswith(calendar(signer.token("host_space", asked.hosts[0])))
    renewed = await visitor.post(f"{address}/renewal", headers=company)
    assert renewed.status_code == 200
    assert renewed.json()["url"].endswith(calendar(signer.token("host_space", asked.hosts[0], 2)))
    assert (await visitor.get(address, headers=company)).json() == renewed.json()
    assert (await subscriber.get(calendar(signer.token("host_space", asked.hosts[0])))).status_code == 404
    assert (await visitor.get(address)).status_code == 401
