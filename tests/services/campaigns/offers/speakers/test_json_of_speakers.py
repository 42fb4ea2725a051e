"""The JSON of speakers: the bank, invitations, and the answer by the link of a mail."""

from uuid import UUID

import pytest

from shared.notices import SpeakerAnswered, SpeakerRequested
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import events

pytestmark = pytest.mark.anyio

SHEET = {"name": "Salomé Vasseur", "trade": "soudeuse", "sector": "s10", "email": "salome@metal.example"}


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
def bearer(signer):
    return lambda organisation_id: {"Authorization": f"Bearer {signer.token('planner', organisation_id)}"}


async def test_a_machine_keeps_the_bank_and_invites(pool, visitor, small_week, bearer, signer):
    planner = bearer(small_week.organisation_id)
    once = planner | {"Idempotency-Key": "une-fois"}
    for _ in range(2):
        added = await visitor.post("/api/v1/speakers", json=SHEET, headers=once)
        assert added.status_code == 201
    assert (await visitor.post("/api/v1/speakers", json=SHEET, headers=planner)).status_code == 409
    speaker_id = added.json()["id"]
    changed = await visitor.put(f"/api/v1/speakers/{speaker_id}", json=SHEET | {"employer": "Métal"}, headers=planner)
    assert changed.json()["employer"] == "Métal"
    path = f"/api/v1/sessions/{small_week.sessions[0]}/speaker-requests"
    for _ in range(2):
        invited = await visitor.post(path, json={"speaker_id": speaker_id}, headers=once)
        assert (invited.status_code, invited.json()["status"]) == (201, "awaited")
    assert len(await events(pool, SpeakerRequested)) == 1
    link = f"/api/v1/speaker-requests/links/{signer.token('speaker', UUID(invited.json()['id']))}"
    assert (await visitor.get(link)).json()["may_answer"]
    answer = await visitor.post(f"{link}/answer", json={"answer": "confirmed", "contact_again": True})
    assert (answer.json()["status"], answer.json()["contact_again"]) == ("confirmed", True)
    listed = (await visitor.get("/api/v1/speakers", headers=planner)).json()["items"]
    assert [(one["confirmed"], one["contact_again_at"] is not None) for one in listed] == [(1, True)]
    assert (await visitor.get(path, headers=planner)).json()["items"][0]["status"] == "confirmed"
    assert (await visitor.delete(f"/api/v1/speakers/{speaker_id}", headers=planner)).status_code == 409
    withdrawn = await visitor.post(
        f"/api/v1/speaker-requests/{invited.json()['id']}/withdrawal", json={}, headers=planner
    )
    assert withdrawn.json()["status"] == "withdrawn"
    assert (await visitor.delete(f"/api/v1/speakers/{speaker_id}", headers=planner)).status_code == 204
    assert (await visitor.get(link)).status_code == 404
    assert len(await events(pool, SpeakerAnswered)) == 1


async def test_another_organisation_finds_nothing(pool, visitor, small_week, bearer):
    planner, stranger = bearer(small_week.organisation_id), bearer(small_week.hosts[0])
    speaker_id = (await visitor.post("/api/v1/speakers", json=SHEET, headers=planner)).json()["id"]
    path = f"/api/v1/sessions/{small_week.sessions[0]}/speaker-requests"
    request_id = (await visitor.post(path, json={"speaker_id": speaker_id}, headers=planner)).json()["id"]
    own = (await visitor.post("/api/v1/speakers", json=SHEET, headers=stranger)).json()["id"]
    for method, address, body in (
        ("PUT", f"/api/v1/speakers/{speaker_id}", SHEET),
        ("DELETE", f"/api/v1/speakers/{speaker_id}", None),
        ("GET", path, None),
        ("POST", path, {"speaker_id": own}),
        ("POST", f"/api/v1/speaker-requests/{request_id}/withdrawal", {}),
    ):
        answer = await visitor.request(method, address, json=body, headers=stranger)
        assert answer.status_code == 404, (method, address)
    foreign = await visitor.post(path, json={"speaker_id": own}, headers=planner)
    assert foreign.status_code == 404
    assert len(await events(pool, SpeakerRequested)) == 1
