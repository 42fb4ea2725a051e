"""The JSON contract: what machines send and what they are told."""

import json
from collections.abc import AsyncIterator

import pytest
from litestar.testing import AsyncTestClient

from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.application import visiting
from tests.world import Week, a_week, at

pytestmark = pytest.mark.anyio

BODY = {
    "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
    "guardian": {"name": "Dominique Dupré", "email": "dominique@famille.example"},
    "school": {"name": "Lycée Jacques Prévert", "uai": None},
    "class_name": "2nde 4",
}


def body(number: int = 0, **changes) -> dict:
    pupil = {**BODY["pupil"], "email": f"camille{number}@eleve.example"}
    return {**BODY, "pupil": pupil, **changes}


@pytest.fixture
async def week(pool) -> Week:
    async with transaction(pool) as connection:
        return await a_week(connection, seats=2)


@pytest.fixture
async def client(settings) -> AsyncIterator[AsyncTestClient]:
    async with visiting(settings) as client:
        yield client


@pytest.fixture
def planner(settings, week) -> dict[str, str]:
    return {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', week.organisation_id)}"}


async def post(client, week, number: int = 0, key: str | None = None, **changes):
    headers = {"Idempotency-Key": key} if key else {}
    url = f"/api/v1/offers/{week.offer_id}/registrations"
    return await client.post(url, json=body(number, **changes), headers=headers)


async def test_a_registration_goes_from_seat_to_withdrawal(client, week, settings):
    answers = [(await post(client, week, number, key=f"k{number}")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    first, _, third = [answer.json() for answer in answers]
    assert set(first) == {"id", "status", "position", "personal_url", "token", "held_for", "deadline"}
    assert (first["status"], first["position"]) == ("confirmed", None)
    assert (third["status"], third["position"]) == ("waiting", 1)
    assert first["personal_url"] == f"{settings.base_url}/inscriptions/{first['token']}"

    again = await post(client, week, 0, key="k0")
    assert (again.status_code, again.json()) == (200, first)
    other = await post(client, week, 0)
    assert (other.status_code, other.json()["title"]) == (409, "already-registered")
    assert "token" not in other.text
    reused = await post(client, week, 1, key="k0")
    assert (reused.status_code, reused.json()["title"]) == (422, "idempotency-key-reused")

    withdrawn = await client.post(f"/api/v1/registrations/{first['token']}/withdrawal")
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    held = (await client.get(f"/api/v1/registrations/{third['token']}")).json()
    assert held["status"] == "held"
    assert held["deadline"] is not None
    assert held["offer"]["slug"] == week.slug
    accepted = await client.post(f"/api/v1/registrations/{third['token']}/acceptance")
    assert accepted.json()["status"] == "confirmed"
    refused = await client.post(f"/api/v1/registrations/{third['token']}/refusal")
    assert (refused.status_code, refused.json()["title"]) == (409, "seat-no-longer-held")
    assert refused.headers["content-type"].startswith("application/problem+json")


async def test_an_offer_is_listed_with_its_programme(client, week, settings):
    listed = (await client.get("/api/v1/offers")).json()
    assert listed["next"] is None
    (offer,) = listed["items"]
    assert {"id", "slug", "kind", "title", "seats", "taken", "waiting", "page_url", "feed_url"} <= set(offer)
    assert offer["feed_url"] == f"{settings.base_url}/calendars/{week.slug}.ics"
    whole = (await client.get(f"/api/v1/offers/{week.offer_id}")).json()
    assert [day["sector"] for day in whole["days"]] == ["s10", "s21", "s43", "s28", "s34"]
    session = whole["days"][0]["sessions"][0]
    assert session["starts_at"] == "2027-06-14T09:00:00+02:00"
    assert session["host"]["name"] == "Chantiers de la Risle"


async def test_a_planner_changes_sessions_seats_and_offers(client, week, planner):
    await post(client, week, 0)
    url = f"/api/v1/sessions/{week.sessions[2]}"
    changed = await client.patch(url, json={"host_id": str(week.hosts[1])}, headers={**planner, "If-Match": '"1"'})
    assert (changed.status_code, changed.json()["sequence"]) == (200, 1)
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["version"] == 2
    stale = await client.patch(url, json={"title": "X"}, headers={**planner, "If-Match": '"1"'})
    assert stale.status_code == 412
    cancelled = await client.post(f"/api/v1/sessions/{week.sessions[4]}/cancellation", headers=planner)
    assert cancelled.json()["status"] == "cancelled"
    seats = await client.patch(f"/api/v1/offers/{week.offer_id}", json={"seats": 4}, headers=planner)
    assert seats.json()["seats"] == 4
    listed = await client.get(f"/api/v1/offers/{week.offer_id}/registrations", headers=planner)
    assert [item["first_name"] for item in listed.json()["items"]] == ["Camille"]
    over = await client.post(f"/api/v1/offers/{week.offer_id}/cancellation", headers=planner)
    assert over.json()["status"] == "cancelled"
    late = await post(client, week, 5)
    assert (late.status_code, late.json()["title"]) == (409, "offer-closed")


async def test_a_planner_of_another_organisation_sees_nothing_and_a_stranger_is_told_to_bring_a_token(
    client, week, settings
):
    foreign = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', week.hosts[0])}"}
    forged = {
        "Authorization": f"Bearer {Signer(('another-secret-altogether',)).token('planner', week.organisation_id)}"
    }
    feed = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('feed', week.organisation_id)}"}
    calls = [
        ("PATCH", f"/api/v1/sessions/{week.sessions[0]}", {"title": "X"}),
        ("POST", f"/api/v1/sessions/{week.sessions[0]}/cancellation", None),
        ("POST", f"/api/v1/offers/{week.offer_id}/cancellation", None),
        ("PATCH", f"/api/v1/offers/{week.offer_id}", {"seats": 3}),
        ("GET", f"/api/v1/offers/{week.offer_id}/registrations", None),
    ]
    for method, url, content in calls:
        for headers, status in (
            (foreign, 404),
            (forged, 401),
            (feed, 401),
            ({}, 401),
            ({"Authorization": "Basic x"}, 401),
        ):
            answer = await client.request(method, url, json=content, headers=headers)
            assert answer.status_code == status, (method, url, headers)
            assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pupil": {"first_name": "", "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "A\r\nBcc: x@y.example", "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "A\x00", "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "=HYPERLINK()", "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "\u202eA", "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "A" * 81, "last_name": "B", "email": "a@b.example"}}, "first_name"),
        ({"pupil": {"first_name": "A", "last_name": "7", "email": "a@b.example"}}, "last_name"),
        ({"pupil": {"first_name": "A", "last_name": "B", "email": "a" * 400 + "@b.example"}}, "email"),
        ({"pupil": {"first_name": "A", "last_name": "B", "email": "a@b"}}, "email"),
        ({"pupil": {"first_name": "A", "last_name": "B", "email": "a@b.example\r\nX: y"}}, "email"),
        ({"pupil": {"first_name": "A", "last_name": "B", "email": None}, "guardian": None}, "email"),
        ({"guardian": {"name": "", "email": "a@b.example"}}, "guardian_name"),
        ({"guardian": {"name": "A", "email": ""}}, "guardian_email"),
        ({"school": {"name": "", "uai": None}}, "school"),
        ({"school": {"name": "Lycée", "uai": "0140013X"}}, "school"),
        ({"class_name": "2nde\t4"}, "class_name"),
    ],
)
async def test_a_field_that_cannot_be_accepted_is_named_and_nothing_is_written(client, week, pool, changes, field):
    answer = await post(client, week, 0, **changes)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert await pool.fetchval("SELECT count(*) FROM contract.people") == 0


async def test_an_international_domain_is_kept_in_the_form_that_every_mail_server_takes(client, week, pool):
    for number, domain in enumerate(("b\u00fccher.example", "xn--bcher-kva.example")):
        pupil = {"first_name": "A", "last_name": "B", "email": f"a@{domain}"}
        assert (await post(client, week, number, pupil=pupil)).status_code == (201, 409)[number]
    emails = await pool.fetch("SELECT email FROM contract.people WHERE email LIKE 'a@%'")
    assert [row["email"] for row in emails] == ["a@xn--bcher-kva.example"]


async def test_an_address_whose_ascii_form_is_too_long_is_refused(client, week):
    domain = ".".join(["é" * 50] * 4) + ".example"
    pupil = {"first_name": "A", "last_name": "B", "email": f"{'a' * 30}@{domain}"}
    answer = await post(client, week, pupil=pupil)
    assert (answer.status_code, answer.json()["field"]) == (422, "email")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"pupil": 3}',
        b'{"pupil": {"first_name": 3, "last_name": "B"}, "school": {"name": "x"}}',
        b'{"pupil": {"first_name": "\\ud800", "last_name": "B", "email": "a@b.example"}, "school": {"name": "x"}}',
        json.dumps(BODY).encode().replace(b"Camille", b"\xed\xa0\x80"),
        json.dumps(BODY).encode().replace(b"Camille", b"Andr\xe9"),
        b"[" * 30_000,
        json.dumps({**BODY, "class_name": "x" * 1_000_000}).encode(),
    ],
)
async def test_a_malformed_body_is_refused_with_a_problem(client, week, pool, content):
    answer = await client.post(
        f"/api/v1/offers/{week.offer_id}/registrations", content=content, headers={"Content-Type": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert await pool.fetchval("SELECT count(*) FROM contract.people") == 0


async def test_unknown_ids_tokens_keys_and_methods_are_4xx(client, week, settings):
    token = Signer(settings.secret_keys).token("registration", new_id())
    calls = [
        ("GET", f"/api/v1/offers/{new_id()}", 404),
        ("GET", "/api/v1/offers/x", 404),
        ("GET", "/api/v1/offers?after=x", 422),
        ("GET", f"/api/v1/registrations/{token}", 404),
        ("GET", f"/api/v1/registrations/{token[:-3]}", 404),
        ("GET", "/api/v1/registrations/%00", 404),
        ("POST", f"/api/v1/registrations/{token}/withdrawal", 404),
        ("POST", f"/api/v1/registrations/{token}/acceptance", 404),
        ("DELETE", f"/api/v1/registrations/{token}", 405),
        ("GET", "/api/v1/nothing", 404),
    ]
    for method, url, status in calls:
        answer = await client.request(method, url)
        assert answer.status_code == status, (method, url, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json"), url
    unknown = await client.post(f"/api/v1/offers/{new_id()}/registrations", json=BODY)
    assert unknown.status_code == 404
    for key in ("x" * 201, ""):
        answer = await client.post(
            f"/api/v1/offers/{week.offer_id}/registrations", json=BODY, headers={"Idempotency-Key": key}
        )
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    "content",
    [
        {"starts_at": "1900-01-01T09:00:00+02:00"},
        {"starts_at": "demain"},
        {"seats": 3},
        {"title": "x" * 1000},
        {"host_id": 3},
    ],
)
async def test_an_impossible_change_is_refused(client, week, planner, content):
    answer = await client.patch(f"/api/v1/sessions/{week.sessions[0]}", json=content, headers=planner)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_impossible_numbers_of_seats_are_refused(client, week, planner):
    for seats in (-1, 10**12, "x", None, 1.5):
        answer = await client.patch(f"/api/v1/offers/{week.offer_id}", json={"seats": seats}, headers=planner)
        assert answer.status_code == 400
    moved = await client.patch(
        f"/api/v1/sessions/{week.sessions[0]}", json={"starts_at": at(0, 10).isoformat()}, headers=planner
    )
    assert moved.json()["starts_at"] == "2027-06-14T10:00:00+02:00"


async def test_one_seat_that_is_taken_is_said_in_the_singular(client, week, planner):
    await post(client, week)
    answer = await client.patch(f"/api/v1/offers/{week.offer_id}", json={"seats": 0}, headers=planner)
    assert (answer.status_code, answer.json()["detail"][:36]) == (409, "1 place est déjà prise ou retenue : ")


async def test_the_contract_is_described(client):
    schema = (await client.get("/schema/openapi.json")).json()
    assert "/api/v1/offers/{offer_id}/registrations" in schema["paths"]
