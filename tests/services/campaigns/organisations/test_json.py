"""The JSON of organisations: the same as the pages, paged by key, repeatable by key, and nobody else's."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import a_member

pytestmark = pytest.mark.anyio
SIRET = "12345678200010"
INTRODUCTION = {
    "name": "Scierie du Bec",
    "kind": "company",
    "siret": SIRET,
    "contact": {"first_name": "Ève", "last_name": "Duroc", "email": "eve@scierie.example"},
}


class Machine:
    """A script of somebody signed in: it sends the mark of our forms in a header."""

    def __init__(self, somebody) -> None:
        self.somebody = somebody
        self.address = f"/api/v1/organisations/{somebody.member.organisation_id}"

    async def ask(self, method: str, path: str, body: Any = None, **headers: str):
        if not self.somebody.csrf:
            await self.somebody.get("/compte")
        path = path if path.startswith("/api/") else self.address + path
        given = {**self.somebody.cookies, "X-CSRF-Token": self.somebody.csrf, **headers}
        return await self.somebody.client.request(method, path, json=body, headers=given)


@pytest.fixture
def machine(owner) -> Machine:
    return Machine(owner)


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def test_an_organisation_is_read_and_changed(machine):
    assert (await machine.ask("GET", "")).json()["name"] == "La Fédération"
    answer = await machine.ask("PATCH", "", {"siret": "123 456 782 00010"})
    assert (answer.status_code, answer.json()["siret"]) == (200, SIRET)
    assert answer.json()["name"] == "La Fédération"
    assert (await machine.ask("PATCH", "", {"siret": None})).json()["siret"] is None
    wrong = await machine.ask("PATCH", "", {"siret": "1"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "siret")
    assert (await machine.ask("PATCH", "", {"slug": "x"})).status_code == 400


async def test_a_change_of_what_changed_meanwhile_is_refused(machine):
    seen = (await machine.ask("GET", "")).headers["etag"]
    first = await machine.ask("PATCH", "", {"name": "Fédération du bois"}, **{"If-Match": seen})
    assert (first.status_code, first.headers["etag"] != seen) == (200, True)
    late = await machine.ask("PATCH", "", {"siret": SIRET}, **{"If-Match": seen})
    assert (late.status_code, late.json()["title"]) == (412, "changed-meanwhile")
    again = await machine.ask("PATCH", "", {"siret": SIRET}, **{"If-Match": first.headers["etag"]})
    assert (again.json()["name"], again.json()["siret"]) == ("Fédération du bois", SIRET)


async def test_members_are_paged_by_key(machine, pool, federation):
    async with transaction(pool) as connection:
        for number in range(120):
            await a_member(connection, federation, role="viewer", email=f"n{number}@federation.example")
    first = (await machine.ask("GET", "/members")).json()
    second = (await machine.ask("GET", f"/members?after={first['next']}")).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (100, 21, None)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 121
    assert (await machine.ask("GET", "/members?after=rien")).status_code == 422


async def test_a_role_is_changed_and_a_member_removed(machine, sign_in, federation, pool):
    viewer = await sign_in(federation, role="viewer")
    query = "SELECT id FROM campaigns.members WHERE person_id = $1"
    theirs, mine = [await pool.fetchval(query, one.member.person_id) for one in (viewer, machine.somebody)]
    changed = await machine.ask("PATCH", f"/members/{theirs}", {"role": "planner"})
    assert (changed.status_code, changed.json()["role"]) == (200, "planner")
    last = await machine.ask("PATCH", f"/members/{mine}", {"role": "planner"})
    assert (last.status_code, last.json()["title"]) == (409, "last-owner")
    assert (await machine.ask("DELETE", f"/members/{mine}")).status_code == 409
    assert (await machine.ask("DELETE", f"/members/{theirs}")).status_code == 204
    assert (await machine.ask("DELETE", f"/members/{theirs}")).status_code == 404
    assert (await machine.ask("PATCH", f"/members/{mine}", {"role": "root"})).status_code == 400


async def test_an_invitation_asked_twice_with_one_key_is_one(machine, pool):
    body = {"email": "mina@federation.example", "role": "planner"}
    answers = await asyncio.gather(
        *(machine.ask("POST", "/invitations", body, **{"Idempotency-Key": "un"}) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await pool.fetchval("SELECT count(*) FROM contract.events") == 1
    without = await machine.ask("POST", "/invitations", body)
    assert (without.status_code, without.json()["title"]) == (409, "already-invited")
    other = await machine.ask("POST", "/invitations", {**body, "role": "owner"}, **{"Idempotency-Key": "un"})
    assert (other.status_code, other.json()["title"]) == (422, "idempotency-key-reused")
    [listed] = (await machine.ask("GET", "/invitations")).json()["items"]
    assert listed["id"] == answers[0].json()["id"]
    assert (await machine.ask("DELETE", f"/invitations/{listed['id']}")).status_code == 204
    assert (await machine.ask("GET", "/invitations")).json() == {"items": [], "next": None}


async def test_an_invitation_is_accepted_by_its_link_once(machine, visitor, pool, settings):
    asked = await machine.ask("POST", "/invitations", {"email": "mina@federation.example", "role": "planner"})
    link = f"/api/v1/invitations/{Signer(settings.secret_keys).token('invitation', UUID(asked.json()['id']))}"
    seen = (await visitor.get(link)).json()
    assert (seen["organisation"], seen["role"], seen["has_account"]) == ("La Fédération", "planner", False)
    nameless = await visitor.post(f"{link}/acceptance", json={})
    assert (nameless.status_code, nameless.json()["field"]) == (422, "first_name")
    names, key = {"first_name": "Mina", "last_name": "Laurent"}, {"Idempotency-Key": "oui"}
    first = await visitor.post(f"{link}/acceptance", json=names, headers=key)
    assert (first.status_code, first.json()["email"]) == (200, "mina@federation.example")
    assert (await visitor.post(f"{link}/acceptance", json=names, headers=key)).json() == first.json()
    assert (await visitor.post(f"{link}/acceptance", json=names)).status_code == 410
    assert (await visitor.get(link)).status_code == 410
    assert "quinzaine" not in first.cookies
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members") == 2
    for token in ("x", "A" * 46):
        assert (await visitor.get(f"/api/v1/invitations/{token}")).status_code == 404
        assert (await visitor.post(f"/api/v1/invitations/{token}/acceptance", json={})).status_code == 404


async def test_whoever_is_in_may_leave_but_for_the_last_owner_and_for_tokens(
    machine, sign_in, federation, visitor, pool
):
    viewer = Machine(await sign_in(federation, role="viewer"))
    assert (await viewer.ask("DELETE", "/membership")).status_code == 204
    assert (await viewer.ask("DELETE", "/membership")).status_code == 401
    assert (await machine.ask("DELETE", "/membership")).json()["title"] == "last-owner"
    token = (await machine.ask("POST", "/tokens", {"name": "a", "role": "viewer", "until": in_days(3)})).json()[
        "secret"
    ]
    leaving = await visitor.delete(f"{machine.address}/membership", headers={"Authorization": f"Bearer {token}"})
    assert leaving.status_code == 404
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members") == 1


async def test_a_token_s_secret_is_in_the_first_answer_only(machine, pool, visitor):
    body = {"name": "Site", "role": "viewer", "until": in_days(30)}
    first = await machine.ask("POST", "/tokens", body, **{"Idempotency-Key": "un"})
    again = await machine.ask("POST", "/tokens", body, **{"Idempotency-Key": "un"})
    secret = first.json()["secret"]
    assert secret.startswith("qz_")
    assert again.json() == {**first.json(), "secret": None}
    assert secret not in str(await pool.fetch("SELECT * FROM campaigns.idempotency_keys"))
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await visitor.get(f"{machine.address}/journal", headers=headers)).status_code == 200
    [listed] = (await machine.ask("GET", "/tokens")).json()["items"]
    assert listed["last_used_at"] is not None
    assert (await machine.ask("DELETE", f"/tokens/{listed['id']}")).status_code == 204
    assert (await visitor.get(f"{machine.address}/journal", headers=headers)).status_code == 401


async def test_an_organisation_is_added_once(machine, pool):
    first = await machine.ask("POST", "/api/v1/organisations", INTRODUCTION)
    again = await machine.ask("POST", "/api/v1/organisations", INTRODUCTION)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["organisation"] == again.json()["organisation"]
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    wrong = {**INTRODUCTION, "contact": {**INTRODUCTION["contact"], "email": "eve"}}
    assert (await machine.ask("POST", "/api/v1/organisations", wrong)).json()["field"] == "email"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.contacts") == 1


async def test_ten_who_add_one_siret_at_once_add_one(machine, pool):
    await machine.ask("GET", "")
    answers = await asyncio.gather(*(machine.ask("POST", "/api/v1/organisations", INTRODUCTION) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE siret = $1", SIRET) == 1


async def test_contacts_are_added_listed_and_removed(machine):
    contact = {"first_name": "Ali", "last_name": "Benhamou", "email": "ali@federation.example"}
    added = (await machine.ask("POST", "/contacts", contact)).json()
    assert (await machine.ask("GET", "/contacts")).json() == [added]
    assert (await machine.ask("DELETE", f"/contacts/{added['id']}")).status_code == 204
    assert (await machine.ask("GET", "/contacts")).json() == []


async def test_the_journal_is_read_by_key(machine):
    await machine.ask("PATCH", "", {"siret": SIRET})
    journal = (await machine.ask("GET", "/journal")).json()
    assert [(line["action"], line["who"], line["by_token"]) for line in journal["items"]] == [
        ("change_organisation", "Maud Ferrand", False)
    ]
    key = journal["items"][0]["id"]
    assert (await machine.ask("GET", f"/journal?after={key}")).json() == {"items": [], "next": None}


async def test_the_installation_may_put_things_right_and_stands_in_the_journal(machine, visitor, settings):
    token = Signer(settings.secret_keys).token("planner", UUID(int=0))
    headers = {"Authorization": f"Bearer {token}"}
    body = {"email": "mina@federation.example", "role": "owner"}
    answer = await visitor.post(f"{machine.address}/invitations", json=body, headers=headers)
    assert (answer.status_code, answer.json()["invited_by"]) == (201, "")
    [line] = (await machine.ask("GET", "/journal")).json()["items"]
    assert (line["action"], line["who"]) == ("invite_member", "")
    assert "l’installation" in (await machine.somebody.get("/planification/organisation/journal")).text
    nobody = await visitor.get(f"/api/v1/organisations/{new_id()}", headers=headers)
    assert nobody.status_code == 404


ADDRESSES = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Prise"}),
    ("GET", "/members", None),
    ("PATCH", "/members/{id}", {"role": "viewer"}),
    ("DELETE", "/members/{id}", None),
    ("GET", "/invitations", None),
    ("POST", "/invitations", {"email": "a@b.example", "role": "owner"}),
    ("DELETE", "/invitations/{id}", None),
    ("GET", "/tokens", None),
    ("POST", "/tokens", {"name": "x", "role": "planner", "until": in_days(9)}),
    ("DELETE", "/tokens/{id}", None),
    ("GET", "/contacts", None),
    ("POST", "/contacts", {"first_name": "a", "last_name": "b", "email": "a@b.example"}),
    ("DELETE", "/contacts/{id}", None),
    ("GET", "/journal", None),
    ("DELETE", "/membership", None),
]


async def test_another_organisation_does_not_exist(machine, stranger, pool):
    before = await everything(pool)
    member_id = await pool.fetchval("SELECT id FROM campaigns.members WHERE person_id = $1", stranger.member.person_id)
    for method, path, body in ADDRESSES:
        for organisation in (stranger.member.organisation_id, new_id(), UUID(int=0)):
            address = f"/api/v1/organisations/{organisation}{path}".replace("{id}", str(member_id))
            answer = await machine.ask(method, address, body)
            assert (answer.status_code, answer.json()["title"]) == (404, "unknown-organisation"), (method, path)
    assert await everything(pool) == before


async def test_nobody_gets_in_without_signing_in(visitor, federation):
    for method, path, body in ADDRESSES:
        address = f"/api/v1/organisations/{federation}{path}".replace("{id}", str(new_id()))
        answer = await visitor.request(method, address, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), (method, path)


async def test_a_write_without_the_mark_of_our_pages_is_refused(owner, federation, pool):
    before = await everything(pool)
    for method, path, body in ADDRESSES:
        address = f"/api/v1/organisations/{federation}{path}".replace("{id}", str(new_id()))
        for headers in ({}, {"X-CSRF-Token": "x" * 46}, {"X-CSRF-Token": "", "Sec-Fetch-Site": "cross-site"}):
            if method != "GET":
                answer = await owner.client.request(method, address, json=body, headers={**owner.cookies, **headers})
                assert answer.status_code == 403, (method, path)
    assert await everything(pool) == before


async def everything(pool) -> list[Any]:
    tables = ("organisations", "members", "member_invitations", "api_tokens", "contacts", "audit")
    return [await pool.fetch(f"SELECT * FROM campaigns.{table} ORDER BY 1, 2") for table in tables]  # noqa: S608
