"""All of it for machines: classes, the queue, kept seats, attendance, conventions."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.access.read import hash_of
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))
REASON = {"reason": "Situation particulière"}


@pytest.fixture
async def token(pool):
    """An API token of an organisation: `await token(organisation_id, "teacher")` is its header."""

    async def _token(organisation_id, role="planner"):
        secret = f"qz_{new_id().hex}{new_id().hex}"
        await pool.execute(
            """
            INSERT INTO campaigns.api_tokens (id, secret_hash, organisation_id, name, role, created_at, expires_at)
            VALUES ($1, $2, $3, 'essai', $4, now(), now() + interval '1 day')
            """,
            new_id(),
            hash_of(secret),
            organisation_id,
            role,
        )
        return {"Authorization": f"Bearer {secret}"}

    return _token


@pytest.fixture
async def school(pool):
    async with transaction(pool) as connection:
        return await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")


async def filled(pool, seats, pupils, *, first=0, **given):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=seats, **given)
        requests = [a_pupil(number) for number in range(first, first + pupils)]
        outcomes = await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=NOW)
    return week, [outcome.id for outcome in outcomes]


def a_list(count, **given):
    pupils = [
        {"first_name": "Élève", "last_name": f"Nom {chr(97 + n)}", "email": f"e{n}@eleve.example"} for n in range(count)
    ]
    return {"pupils": pupils, "class_name": "2nde 4", **given}


async def test_a_class_is_enrolled_once_for_one_key(pool, visitor, token, school):
    week, _ = await filled(pool, 2, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    answers = await asyncio.gather(
        *(visitor.post(path, json=a_list(3), headers={**header, "Idempotency-Key": "une-classe"}) for _ in range(3))
    )
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.text for answer in answers}) == 1
    body = answers[0].json()
    assert (body["seated"], body["waiting"], body["refused"]) == (2, 1, 0)
    assert [item["status"] for item in body["items"]] == ["confirmed", "confirmed", "waiting"]
    listed = (await visitor.get(path, headers=header)).json()["items"]
    assert [(item["last_name"], item["position"]) for item in listed] == [
        ("Nom a", None),
        ("Nom b", None),
        ("Nom c", 1),
    ]
    again = await visitor.post(path, json=a_list(3), headers=header)
    assert again.json()["refused"] == 3
    assert {item["reason"] for item in again.json()["items"]} == {"already-registered"}


async def test_who_asks_again_in_another_language_is_answered_in_it(pool, visitor, token, school):
    week, _ = await filled(pool, 2, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    await visitor.post(path, json=a_list(1), headers=header)
    asked = {**header, "Idempotency-Key": "encore"}
    answers = [
        await visitor.post(path, json=a_list(2), headers={**asked, "Accept-Language": language})
        for language in ("en", "fr", "en")
    ]
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    said = [answer.json()["items"][0]["detail"] for answer in answers]
    assert said[0] == said[2] != said[1]
    assert "déjà inscrit" in said[1]
    assert "already" in said[0]
    assert len({answer.json()["items"][1]["id"] for answer in answers}) == 1


async def test_all_or_none_is_a_conflict_and_changes_nothing(pool, visitor, token, school):
    week, _ = await filled(pool, 2, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    answer = await visitor.post(path, json=a_list(3, all_or_none=True), headers=header)
    assert answer.status_code == 409
    assert answer.json()["title"] == "not-all-together"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations") == 0


async def test_a_fault_names_the_pupil_and_the_field(pool, visitor, token, school):
    week, _ = await filled(pool, 2, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    body = a_list(2)
    body["pupils"][1]["email"] = "nulle part"
    answer = await visitor.post(path, json=body, headers=header)
    assert (answer.status_code, answer.json()["field"]) == (422, "pupils.1.email")
    too_long = {"pupils": [body["pupils"][0]] * 301}
    assert (await visitor.post(path, json=too_long, headers=header)).status_code == 400
    assert (await visitor.post(path, json={"pupils": []}, headers=header)).status_code == 400
    planner = await token(week.organisation_id)
    no_school = await visitor.post(path, json=a_list(1), headers=planner)
    assert (no_school.status_code, no_school.json()["field"]) == (422, "pupils.0.school")
    with_school = a_list(1, school={"name": "Lycée Corneille"})
    assert (await visitor.post(path, json=with_school, headers=planner)).status_code == 201


async def test_a_pupil_is_taken_out_by_who_enrolled_the_class_alone(pool, visitor, token, school):
    week, _ = await filled(pool, 1, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    items = (await visitor.post(path, json=a_list(2), headers=header)).json()["items"]
    address = f"{path}/{items[0]['id']}/withdrawal"
    stranger = await token(week.organisation_id, "teacher")
    assert (await visitor.post(address, headers=stranger)).status_code == 404
    for _ in range(2):
        answer = await visitor.post(address, headers=header)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
        assert not answer.json()["can_withdraw"]
    listed = (await visitor.get(path, headers=header)).json()["items"]
    assert [item["status"] for item in listed] == ["withdrawn", "held"]
    elsewhere = f"/api/v1/offers/{new_id()}/enrolments/{items[0]['id']}/withdrawal"
    assert (await visitor.post(elsewhere, headers=header)).status_code == 404


async def test_a_pupil_is_swapped_for_one_who_waits_or_a_new_one(pool, visitor, token, school):
    week, _ = await filled(pool, 1, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/enrolments", await token(school, "teacher")
    items = (await visitor.post(path, json=a_list(2), headers=header)).json()["items"]
    seated, waiting = items[0]["id"], items[1]["id"]
    swapped = await visitor.post(f"{path}/{seated}/swap", json={"enrolment_id": waiting}, headers=header)
    assert (swapped.status_code, swapped.json()["id"], swapped.json()["status"]) == (200, waiting, "confirmed")
    new = {"pupil": {"first_name": "Jo", "last_name": "Nouveau", "email": "jo@eleve.example"}}
    once_more = await visitor.post(f"{path}/{waiting}/swap", json=new, headers=header)
    assert (once_more.json()["last_name"], once_more.json()["class_name"]) == ("Nouveau", "2nde 4")
    assert (await visitor.post(f"{path}/{seated}/swap", json=new, headers=header)).status_code in (404, 409)
    assert (await visitor.post(f"{path}/{once_more.json()['id']}/swap", json={}, headers=header)).status_code == 422
    stranger = await token(week.organisation_id, "teacher")
    assert (await visitor.post(f"{path}/{waiting}/swap", json=new, headers=stranger)).status_code == 404


async def test_a_guardian_is_asked_again_once_an_hour(pool, visitor, token):
    week, _ = await filled(pool, 2, 0)
    child = a_pupil(9, under_15=True, guardian_name="Sam", guardian_email="sam@famille.example")
    async with transaction(pool) as connection:
        (outcome,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[child], signer=SIGNER, now=datetime.now(UTC)
        )
    path = f"/api/v1/offers/{week.offer_id}/registrations/{outcome.id}/consent-request"
    header = await token(week.organisation_id)
    answers = [await visitor.post(path, headers=header) for _ in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "held")] * 2
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'links.requested'") == 1
    assert [row["action"] for row in await pool.fetch("SELECT action FROM campaigns.audit")] == ["send_consent_link"]


async def test_the_queue_is_read_page_by_page_with_its_reasons(pool, visitor, token):
    week, _ = await filled(pool, 1, 104)
    path, header = f"/api/v1/offers/{week.offer_id}/queue", await token(week.organisation_id)
    first = (await visitor.get(path, headers=header)).json()
    second = (await visitor.get(f"{path}?after={first['next']}", headers=header)).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (100, 3, None)
    assert [item["position"] for item in [*first["items"], *second["items"]]] == list(range(1, 104))
    assert "2e sur 103" in first["items"][1]["explanation"]
    assert (await visitor.get(f"{path}?after=abc", headers=header)).status_code == 422


async def test_a_planner_moves_skips_gives_merges_and_regroups(pool, visitor, token):
    week, ids = await filled(pool, 2, 6, groups=("A", "B"))
    header = await token(week.organisation_id)
    offer = f"/api/v1/offers/{week.offer_id}"

    async def post(path, body):
        return await visitor.post(f"{offer}/{path}", json=body, headers=header)

    moved = await post(f"queue/{ids[5]}/move", {**REASON, "position": 1})
    assert (moved.status_code, moved.json()["position"]) == (200, 1)
    skipped = await post(f"queue/{ids[5]}/skip", REASON)
    assert skipped.json()["position"] == 2
    assert (await post(f"queue/{ids[5]}/seat", REASON)).status_code == 409
    await pool.execute("UPDATE campaigns.offers SET seats = 3")
    given = await post(f"queue/{ids[5]}/seat", {**REASON, "how": "confirmed"})
    assert given.json()["status"] == "confirmed"
    assert (await post(f"queue/{ids[4]}/move", {"reason": "x", "position": 1})).status_code == 400
    assert (await post(f"queue/{ids[0]}/move", {**REASON, "position": 1})).status_code == 409
    group = await pool.fetchval("SELECT group_id FROM campaigns.registrations WHERE id = $1", ids[0])
    other = next(one for one in week.groups if one != group)
    assert (await post(f"registrations/{ids[0]}/group", {"group_id": str(other)})).status_code == 200
    assert (await post(f"registrations/{ids[0]}/group", {"group_id": str(new_id())})).status_code == 422
    merged = await post(f"registrations/{ids[3]}/merge", {"other_id": str(ids[0])})
    assert (merged.json()["id"], merged.json()["status"]) == (str(ids[0]), "confirmed")
    told_apart = await post(f"registrations/{ids[2]}/merge", {"other_id": str(ids[0]), "verdict": "two"})
    assert told_apart.status_code == 200
    actions = [row["action"] for row in await pool.fetch("SELECT action FROM campaigns.audit ORDER BY id")]
    assert actions == [
        "move_in_queue",
        "skip_turn",
        "give_seat",
        "change_group",
        "merge_registrations",
        "mark_distinct_pupils",
    ]


async def test_seats_are_kept_and_opened(pool, visitor, token):
    week, _ = await filled(pool, 3, 0)
    path, header = f"/api/v1/offers/{week.offer_id}/quotas", await token(week.organisation_id)
    body = {"seats": 2, "school_uai": "0271585B", "until": (NOW + timedelta(days=3650)).isoformat()}
    assert (await visitor.post(path, json=body, headers=header)).status_code == 422  # after the offer begins
    body["until"] = (at(0, 9) - timedelta(days=1)).isoformat()
    kept = await visitor.post(path, json=body, headers=header)
    assert (kept.status_code, kept.json()["unused"]) == (201, 2)
    for wrong in ({"school_uai": "0271585K"}, {"seats": 2}, {"until": "2020-01-01T00:00:00Z"}):
        answer = await visitor.post(path, json={**body, **wrong}, headers=header)
        assert answer.status_code == 422, wrong
    (quota,) = (await visitor.get(path, headers=header)).json()["items"]
    opened = await visitor.post(f"{path}/{quota['id']}/release", headers=header)
    assert opened.json() == {"items": [], "unused": 0}
    assert (await visitor.post(f"{path}/{quota['id']}/release", headers=header)).status_code == 404


async def test_a_day_is_noted_and_the_later_word_stands(pool, visitor, token):
    week, ids = await filled(pool, 3, 2)
    path, header = f"/api/v1/offers/{week.offer_id}/attendance/2027-06-14", await token(week.organisation_id)
    sheet = (await visitor.get(path, headers=header)).json()
    assert [len(session["pupils"]) for session in sheet["sessions"]] == [2, 2]
    mark = {"session_id": str(week.sessions[0]), "registration_id": str(ids[0]), "state": "late"}
    noted = await visitor.post(path, json={"marks": [mark]}, headers=header)
    assert noted.json()["sessions"][0]["pupils"][0]["state"] == "late"
    earlier = {"marks": [{**mark, "state": "absent"}], "filled_at": "2026-01-01T08:00:00Z"}
    assert (await visitor.post(path, json=earlier, headers=header)).json() == noted.json()
    assert (await visitor.post(path, json={"marks": [{**mark, "state": "parti"}]}, headers=header)).status_code == 400
    assert (await visitor.get(path.replace("06-14", "06-20"), headers=header)).status_code == 404


async def test_conventions_are_dated(pool, visitor, token):
    week, ids = await filled(pool, 3, 2)
    path, header = f"/api/v1/offers/{week.offer_id}/conventions", await token(week.organisation_id)
    body = {"items": [{"registration_id": str(ids[0]), "signed_on": "2026-01-12"}]}
    for _ in range(2):
        answer = await visitor.put(path, json=body, headers=header)
        assert (answer.status_code, answer.json()["signed"]) == (200, 1)
    assert (await visitor.get(path, headers=header)).json() == answer.json()
    body["items"][0]["signed_on"] = "2999-01-12"
    assert (await visitor.put(path, json=body, headers=header)).status_code == 422


async def test_nothing_of_another_organisation_exists(pool, visitor, token):
    week, ids = await filled(pool, 1, 3)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre")
    header = await token(other)
    offer = f"/api/v1/offers/{week.offer_id}"
    mark = {"session_id": str(week.sessions[0]), "registration_id": str(ids[0]), "state": "absent"}
    quota = {"seats": 1, "until": at(0, 0).isoformat()}
    for method, path, body in (
        ("get", "queue", None),
        ("post", f"queue/{ids[1]}/seat", REASON),
        ("post", f"queue/{ids[1]}/skip", REASON),
        ("post", f"queue/{ids[1]}/move", {**REASON, "position": 1}),
        ("post", f"registrations/{ids[0]}/group", {"group_id": str(new_id())}),
        ("post", f"registrations/{ids[0]}/merge", {"other_id": str(ids[1])}),
        ("get", "quotas", None),
        ("post", "quotas", quota),
        ("post", f"quotas/{new_id()}/release", None),
        ("get", "attendance/2027-06-14", None),
        ("post", "attendance/2027-06-14", {"marks": [mark]}),
        ("get", "conventions", None),
        ("put", "conventions", {"items": [{"registration_id": str(ids[0]), "signed_on": "2026-01-12"}]}),
    ):
        answer = await visitor.request(method, f"{offer}/{path}", json=body, headers=header)
        assert answer.status_code == 404, (method, path, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json")
        nobody = await visitor.request(method, f"{offer}/{path}", json=body)
        assert nobody.status_code == 401
    assert (await visitor.get(f"{offer}/enrolments", headers=header)).json() == {"items": []}
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 0
