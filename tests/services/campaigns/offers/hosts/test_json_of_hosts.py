"""The JSON of hosts: what pages do, machines do as well, and no more."""

from uuid import UUID

import pytest

from shared.notices import HostAnswered, HostRequested
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import a_contact, events, request_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
def bearer(signer):
    return lambda organisation_id: {"Authorization": f"Bearer {signer.token('planner', organisation_id)}"}


async def test_ask_answer_and_agree_on_a_time(pool, visitor, small_week, bearer, signer):
    await a_contact(pool, small_week.hosts[0])
    planner, company = bearer(small_week.organisation_id), bearer(small_week.hosts[0])
    path = f"/api/v1/offers/{small_week.offer_id}/host-requests"
    for _ in range(2):
        asked = await visitor.post(path, json={}, headers=planner | {"Idempotency-Key": "une-fois"})
        assert (asked.status_code, asked.json()) == (201, {"asked": 5, "unknown": ["Énergies du Marais"]})
    assert len(await events(pool, HostRequested)) == 5
    one = {
        "session_id": str(small_week.sessions[1]),
        "contact": {"name": "Hugo Lemoine", "email": "hugo@marais.example"},
    }
    assert (await visitor.post(path, json=one, headers=planner)).status_code == 201
    assert (await visitor.post(path, json=one, headers=planner)).status_code == 409
    listed = (await visitor.get(path, headers=planner)).json()["items"]
    assert [item["status"] for item in listed[:3]] == ["awaited", "awaited", "awaited"]
    request_id = listed[0]["request_id"]
    hostings = (await visitor.get("/api/v1/host-requests", headers=company)).json()
    assert hostings["items"][0]["open_answers"] == ["confirmed", "declined", "proposed"]
    proposal = {"answer": "proposed", "starts_at": "2027-06-14T10:00:00+02:00", "ends_at": "2027-06-14T12:00:00+02:00"}
    answer = f"/api/v1/host-requests/{request_id}/answer"
    assert (await visitor.post(answer, json=proposal, headers=company)).json()["status"] == "proposed"
    accepted = await visitor.post(f"/api/v1/host-requests/{request_id}/proposed-time/acceptance", headers=planner)
    assert accepted.json()["status"] == "confirmed"
    assert accepted.json()["starts_at"].startswith("2027-06-14T08:00:00")
    again = await visitor.post(f"/api/v1/host-requests/{request_id}/proposed-time/refusal", headers=planner)
    assert (again.status_code, again.json()["type"]) == (409, "urn:quinzaine:problem:nothing-proposed")
    token = signer.token("host", UUID(request_id))
    assert (await visitor.get(f"/api/v1/host-requests/links/{token}")).json()["status"] == "confirmed"
    gone = await visitor.post(
        f"/api/v1/host-requests/links/{token}/answer", json={"answer": "withdrawn", "word": "Panne."}
    )
    assert gone.json()["open_answers"] == ["confirmed"]
    listed = (await visitor.get(path, headers=planner)).json()["items"]
    assert listed[0]["replace_by"].startswith("2027-06-12")
    put = f"/api/v1/sessions/{small_week.sessions[0]}/host"
    nowhere = await visitor.put(put, json={"company": "Ateliers du Pont"}, headers=planner)
    assert (nowhere.status_code, nowhere.json()["field"]) == (422, "place")
    new = {
        "company": "Ateliers du Pont",
        "place": "3 quai Neuf, 27500 Pont-Audemer",
        "contact": {"name": "Inès Roux", "email": "ines@pont.example"},
    }
    replaced = await visitor.put(put, json=new, headers=planner)
    assert (replaced.status_code, replaced.json()["host"], replaced.json()["status"]) == (
        200,
        "Ateliers du Pont",
        "awaited",
    )
    shared = await visitor.put(
        f"/api/v1/offers/{small_week.offer_id}/names-sharing", json={"shared": True}, headers=planner
    )
    assert shared.json()["names_shared_at"] is not None


async def test_another_organisation_finds_nothing_and_a_host_plans_nothing(pool, visitor, small_week, bearer, sign_in):
    await a_contact(pool, small_week.hosts[0])
    offer = f"/api/v1/offers/{small_week.offer_id}"
    planner, stranger = bearer(small_week.organisation_id), bearer(small_week.hosts[1])
    await visitor.post(f"{offer}/host-requests", json={}, headers=planner)
    request_id = (await request_of(pool, small_week.sessions[0]))["id"]
    for method, path, body in (
        ("GET", f"{offer}/host-requests", None),
        ("POST", f"{offer}/host-requests", {}),
        ("PUT", f"{offer}/names-sharing", {"shared": True}),
        ("PUT", f"/api/v1/sessions/{small_week.sessions[0]}/host", {"company": "X"}),
        ("POST", f"/api/v1/host-requests/{request_id}/answer", {"answer": "confirmed"}),
        ("POST", f"/api/v1/host-requests/{request_id}/proposed-time/acceptance", None),
    ):
        for nobody in (
            path,
            path.replace(str(small_week.offer_id), str(UUID(int=1))).replace(str(request_id), str(UUID(int=1))),
        ):
            answer = await visitor.request(method, nobody, json=body, headers=stranger)
            assert answer.status_code == 404, (method, nobody)
    host = await sign_in(small_week.hosts[0], role="host")
    answer = await host.get(f"{offer}/host-requests")
    assert answer.status_code == 403
    assert not await events(pool, HostAnswered)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "proposed"}, "starts_at"),
        ({"answer": "proposed", "starts_at": "2027-06-14T10:00:00", "ends_at": "2027-06-14T12:00:00"}, "starts_at"),
        ({"answer": "declined", "word": "x" * 601}, "word"),
    ],
)
async def test_an_answer_that_is_none_is_refused_by_its_field(pool, visitor, small_week, bearer, body, field):
    await a_contact(pool, small_week.hosts[0])
    headers = bearer(small_week.organisation_id)
    await visitor.post(f"/api/v1/offers/{small_week.offer_id}/host-requests", json={}, headers=headers)
    request_id = (await request_of(pool, small_week.sessions[0]))["id"]
    answer = await visitor.post(
        f"/api/v1/host-requests/{request_id}/answer", json=body, headers=bearer(small_week.hosts[0])
    )
    assert (answer.status_code, answer.json()["field"]) == (422, field)
