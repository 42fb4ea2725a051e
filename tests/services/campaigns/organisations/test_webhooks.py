"""Webhooks on pages and in JSON: set up, tried, paused, made again and deleted by the organisation they are of."""

import re
from uuid import UUID

import pytest

from shared.identifiers import new_id
from tests.services.campaigns.organisations.test_json import Machine

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation/webhooks"
URL = "https://logiciel.example/quinzaine"


async def create(owner, url: str = URL, kinds: tuple[str, ...] = ("registration", "offer")) -> UUID:
    answer = await owner.post(PATH, {"url": url, "kinds": list(kinds)})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def a_call(pool, webhook_id: UUID) -> UUID:
    call_id = new_id()
    await pool.execute(
        """
        INSERT INTO notifications.calls
            (id, webhook_id, event_id, tag, planned_at, due_at, state, attempts, status, answer, called_at)
        VALUES ($1, $2, $3, 'registration.confirmed', now(), now(), 'failed', 10, 500, '<b>busy</b>', now())
        """,
        call_id,
        webhook_id,
        new_id(),
    )
    return call_id


async def test_a_webhook_shows_its_secret_to_its_owners_until_it_is_changed(owner, pool):
    webhook_id = await create(owner)
    assert URL in (await owner.get(PATH)).text
    secret = re.search(r"whsec_[\w+/=]{44}", (await owner.get(f"{PATH}/{webhook_id}")).text)[0]
    assert secret not in str(await pool.fetch("SELECT * FROM contract.webhooks"))
    assert (await owner.post(f"{PATH}/{webhook_id}/secret")).status_code == 303
    assert secret not in (await owner.get(f"{PATH}/{webhook_id}")).text


async def test_its_calls_are_shown_with_what_was_answered_and_made_again(owner, pool):
    webhook_id = await create(owner)
    call_id = await a_call(pool, webhook_id)
    page = (await owner.get(f"{PATH}/{webhook_id}")).text
    assert "abandonné" in page
    assert "&lt;b&gt;busy" in page
    assert (await owner.post(f"{PATH}/{webhook_id}/appels/{call_id}")).status_code == 303
    assert (await owner.post(f"{PATH}/{webhook_id}/essai")).status_code == 303
    asked = await pool.fetch("SELECT event_id FROM contract.call_requests ORDER BY event_id NULLS LAST")
    assert [row["event_id"] is None for row in asked] == [False, True]
    assert (await owner.post(f"{PATH}/{webhook_id}/appels/{new_id()}")).status_code == 404


async def test_paused_resumed_and_deleted(owner, pool):
    webhook_id = await create(owner)
    for done, paused in (("pause", True), ("pause", True), ("reprise", False), ("reprise", False)):
        assert (await owner.post(f"{PATH}/{webhook_id}/{done}")).status_code == 303
        assert await pool.fetchval("SELECT paused_at IS NOT NULL FROM contract.webhooks") is paused
    assert (await owner.post(f"{PATH}/{webhook_id}/suppression")).headers["location"].endswith(PATH)
    assert (await owner.get(f"{PATH}/{webhook_id}")).status_code == 404
    assert (await owner.post(f"{PATH}/{webhook_id}/reprise")).status_code == 404
    acts = await pool.fetch("SELECT action FROM campaigns.audit WHERE action LIKE '%webhook' ORDER BY id")
    assert [row["action"] for row in acts] == [
        "create_webhook", "pause_webhook", "pause_webhook", "resume_webhook", "resume_webhook", "end_webhook",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["", "logiciel.example", "http://logiciel.example", "ftp://logiciel.example", "https://", "https://a:b@c.example",
     "https://logiciel.example/#x", "https://logiciel.example/é", "https://logiciel.example/ x", "https://[::1",
     "https://logiciel.example:99999/", "https://logiciel.example/" + "x" * 500, "javascript:alert(1)"],
)  # fmt: skip
async def test_an_address_that_cannot_be_is_told_where_it_was_typed(owner, pool, url):
    answer = await owner.post(PATH, {"url": url, "kinds": ["offer"]})
    assert answer.status_code == 422
    assert await pool.fetchval("SELECT count(*) FROM contract.webhooks") == 0


async def test_something_must_be_announced_and_ten_are_enough(owner):
    assert (await owner.post(PATH, {"url": URL})).status_code == 422
    assert (await owner.post(PATH, {"url": URL, "kinds": ["everything"]})).status_code == 422
    for _ in range(10):
        await create(owner)
    answer = await owner.post(PATH, {"url": URL, "kinds": ["offer"]})
    assert answer.status_code == 409
    assert "10 webhooks" in answer.text


async def test_json_does_the_same_and_no_other_organisation_sees_it(owner, stranger, pool, federation):
    machine, other = Machine(owner), Machine(stranger)
    address = f"/api/v1/organisations/{federation}/webhooks"
    made = await machine.ask("POST", address, {"url": URL, "kinds": ["offer", "session"]}, **{"Idempotency-Key": "k"})
    again = await machine.ask("POST", address, {"url": URL, "kinds": ["offer", "session"]}, **{"Idempotency-Key": "k"})
    assert (made.status_code, again.json()) == (201, made.json())
    webhook = made.json()
    assert webhook["secret"].startswith("whsec_")
    call_id = await a_call(pool, UUID(webhook["id"]))
    calls = (await machine.ask("GET", f"{address}/{webhook['id']}/calls")).json()
    assert [(each["id"], each["status"]) for each in calls["items"]] == [(str(call_id), 500)]
    assert calls["next"] is None
    replay = f"{address}/{webhook['id']}/calls/{call_id}/replay"
    for method, path in (("GET", address), ("POST", replay), ("DELETE", f"{address}/{webhook['id']}")):
        assert (await other.ask(method, path)).status_code == 404
    assert (await machine.ask("POST", replay)).status_code == 204
    assert await pool.fetchval("SELECT count(*) FROM contract.call_requests") == 1
    assert (await machine.ask("DELETE", f"{address}/{webhook['id']}")).status_code == 204
    assert (await machine.ask("GET", address)).json() == {"items": []}
