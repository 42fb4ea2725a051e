"""The builder for machines: every act of the page, with versions, keys and problems."""

from datetime import timedelta

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

API = "/api/v1"
EVENING = {"starts_at": "2027-06-14T16:00:00+02:00", "ends_at": "2027-06-14T17:00:00+02:00", "title": "Bilan"}


@pytest.fixture
async def draft(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, published=False)


@pytest.fixture
def planner(settings, draft) -> dict[str, str]:
    return {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', draft.organisation_id)}"}


async def test_a_session_lives_by_its_version(visitor, draft, planner):
    url = f"{API}/offers/{draft.offer_id}/sessions"
    added = await visitor.post(url, json={**EVENING, "host_id": str(draft.hosts[0])}, headers=planner)
    assert (added.status_code, added.headers["etag"]) == (201, '"1"')
    session = added.json()
    assert session["place"] == "1 rue du Quai, 27500 Pont-Audemer"
    one = f"{API}/sessions/{session['id']}"
    assert added.headers["location"] == one
    read = await visitor.get(one, headers=planner)
    assert (read.headers["etag"], read.json()) == ('"1"', session)
    changed = await visitor.patch(
        one, json={"expected": "Montrer", "kind": "debrief"}, headers=planner | {"If-Match": '"1"'}
    )
    assert (changed.headers["etag"], changed.json()["expected"], changed.json()["kind"]) == (
        '"2"',
        "Montrer",
        "debrief",
    )
    for method in ("patch", "delete"):
        body = {"json": {"title": "X"}} if method == "patch" else {}
        stale = await getattr(visitor, method)(one, headers=planner | {"If-Match": '"1"'}, **body)
        assert (stale.status_code, stale.json()["title"]) == (412, "session-changed-meanwhile")
        odd = await getattr(visitor, method)(one, headers=planner | {"If-Match": "x"}, **body)
        assert (odd.status_code, odd.json()["field"]) == (422, "If-Match")
    assert (await visitor.delete(one, headers=planner | {"If-Match": 'W/"2"'})).status_code == 204
    assert (await visitor.get(one, headers=planner)).status_code == 404


async def test_the_same_key_adds_one_session_and_a_clash_has_a_name(visitor, draft, planner):
    url = f"{API}/offers/{draft.offer_id}/sessions"
    key = planner | {"Idempotency-Key": "soir"}
    first, again = [await visitor.post(url, json=EVENING, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    clash = await visitor.post(url, json=EVENING, headers=planner)
    assert (clash.status_code, clash.json()["title"], clash.json()["field"]) == (409, "group-elsewhere", "starts_at")
    assert "« Bilan » (16 h–17 h)" in clash.json()["detail"]
    elsewhere = await visitor.post(url, json={**EVENING, "title": ""}, headers=planner)
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (422, "title")
    assert (await visitor.post(url, json={"title": "X"}, headers=planner)).status_code == 400
    listed = (await visitor.get(url, headers=planner)).json()
    assert (len(listed["items"]), listed["next"]) == (11, None)
    after = (await visitor.get(f"{url}?after={listed['items'][8]['id']}", headers=planner)).json()
    assert after["items"] == listed["items"][9:]
    assert (await visitor.get(f"{url}?after=x", headers=planner)).status_code == 422


async def test_days_groups_and_the_state_of_the_week(visitor, draft, planner, pool):
    offer = f"{API}/offers/{draft.offer_id}"
    day = {"date": "2027-06-21", "sector": "s10", "emergency_phone": "112"}
    assert (await visitor.post(f"{offer}/days", json=day, headers=planner)).status_code == 201
    assert (await visitor.post(f"{offer}/days", json=day, headers=planner)).json()["title"] == "day-exists"
    never = await visitor.post(f"{offer}/days", json={**day, "date": "9999-12-31"}, headers=planner)
    assert (never.status_code, never.json()["field"]) == (422, "date")
    bad = await visitor.post(f"{offer}/days", json={**day, "date": "2027-06-22", "sector": "s99"}, headers=planner)
    assert (bad.status_code, bad.json()["field"]) == (422, "sector")
    copied = await visitor.post(f"{offer}/days/2027-06-14/copies", json={"date": "2027-06-21"}, headers=planner)
    assert (copied.status_code, copied.json()["sessions"]) == (201, 2)
    phone = await visitor.patch(f"{offer}/days/2027-06-14", json={"emergency_phone": "112"}, headers=planner)
    assert (phone.json()["sector"], phone.json()["emergency_phone"]) == ("s10", "112")
    assert (await visitor.delete(f"{offer}/days/2027-06-21", headers=planner)).status_code == 204
    assert (await visitor.delete(f"{offer}/days/2027-06-21", headers=planner)).json()["title"] == "unknown-day"
    assert [one["date"] for one in (await visitor.get(f"{offer}/days", headers=planner)).json()["items"]][
        -1
    ] == "2027-06-18"
    full = await visitor.post(f"{offer}/template-week", json={}, headers=planner)
    assert (full.status_code, full.json()["title"]) == (409, "no-empty-day")

    group = (await visitor.post(f"{offer}/groups", json={"name": "A"}, headers=planner)).json()
    one = f"{offer}/groups/{group['id']}"
    assert (await visitor.patch(one, json={"name": "Rouge"}, headers=planner)).json()["name"] == "Rouge"
    assert (await visitor.get(f"{offer}/groups", headers=planner)).json()["items"][0]["name"] == "Rouge"
    week = (await visitor.get(f"{offer}/week", headers=planner)).json()
    assert (week["hours"][0]["group"], week["hours"][0]["total"]) == ("Rouge", 5 * 6 * 60)
    assert {"gap"} == {remark["grade"] for remark in week["remarks"]}
    assert (await visitor.delete(one, headers=planner)).status_code == 204
    assert (await visitor.delete(one, headers=planner)).status_code == 404
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE organisation_id IS NOT NULL") == 7


async def test_a_public_offer_s_sessions_are_cancelled_not_deleted(visitor, pool, settings):
    async with transaction(pool) as connection:
        week = await a_week(connection)
    planner = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', week.organisation_id)}"}
    refused = await visitor.delete(f"{API}/sessions/{week.sessions[0]}", headers=planner)
    assert (refused.status_code, refused.json()["title"]) == (409, "only-cancelled")


async def test_another_organisation_s_ids_do_not_exist(visitor, draft, settings):
    stranger = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', draft.hosts[0])}"}
    offer, session = f"{API}/offers/{draft.offer_id}", f"{API}/sessions/{draft.sessions[0]}"
    calls = [
        ("GET", f"{offer}/sessions", None), ("POST", f"{offer}/sessions", EVENING), ("GET", session, None),
        ("PATCH", session, {"title": "X"}), ("DELETE", session, None), ("GET", f"{offer}/week", None),
        ("GET", f"{offer}/days", None), ("POST", f"{offer}/days", {"date": "2027-06-21"}),
        ("PATCH", f"{offer}/days/2027-06-14", {"sector": None}), ("DELETE", f"{offer}/days/2027-06-14", None),
        ("POST", f"{offer}/days/2027-06-14/copies", {"date": "2027-06-21"}), ("POST", f"{offer}/template-week", {}),
        ("GET", f"{offer}/groups", None), ("POST", f"{offer}/groups", {"name": "A"}),
        ("PATCH", f"{offer}/groups/{new_id()}", {"name": "A"}), ("DELETE", f"{offer}/groups/{new_id()}", None),
    ]  # fmt: skip
    for method, url, body in calls:
        answer = await visitor.request(method, url, json=body, headers=stranger)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), (method, url)


async def test_each_news_carries_the_sentence_and_may_wait_an_hour(visitor, pool, settings):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection, groups=("A",))
        await register_pupils(connection, offer_id=week.offer_id, requests=[a_pupil(1)], signer=signer, now=NOW)
        await connection.execute(
            "UPDATE campaigns.sessions SET group_id = $1 WHERE id = $2", week.groups[0], week.sessions[0]
        )
    planner = {"Authorization": f"Bearer {signer.token('planner', week.organisation_id)}"}
    offer = f"{API}/offers/{week.offer_id}"
    await visitor.post(f"{offer}/days", json={"date": "2027-06-21"}, headers=planner)
    calls = [
        ("POST", f"{offer}/sessions", EVENING),
        ("PATCH", f"{API}/sessions/{week.sessions[1]}", {"room": "Salle 3"}),
        ("PATCH", f"{offer}/days/2027-06-15", {"sector": "s10"}),
        ("POST", f"{offer}/days/2027-06-14/copies", {"date": "2027-06-22"}),
        ("POST", f"{offer}/template-week", {}),
        ("PATCH", f"{offer}/groups/{week.groups[0]}", {"name": "Rouge"}),
    ]
    for number, (method, url, body) in enumerate(calls):
        said = {**body, "note": f"Phrase {number}.", "hold": True}
        answer = await visitor.request(method, url, json=said, headers=planner)
        assert answer.status_code in (200, 201), answer.text
        rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
        fact = decode_event(rows[-1]["body"])
        assert (fact.note, fact.tell_after - fact.occurred_at) == (f"Phrase {number}.", timedelta(hours=1)), url
        too_long = await visitor.request(method, url, json={**body, "note": "x" * 501}, headers=planner)
        assert (too_long.status_code, too_long.json()["field"]) == (422, "note"), url


async def test_who_would_be_told_of_an_act_of_the_week_is_asked_without_doing_it(visitor, pool, settings):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await register_pupils(connection, offer_id=week.offer_id, requests=[a_pupil(1)], signer=signer, now=NOW)
    planner = {"Authorization": f"Bearer {signer.token('planner', week.organisation_id)}"}
    url = f"{API}/offers/{week.offer_id}/consequences"
    before = await pool.fetchval("SELECT count(*) FROM campaigns.sessions")
    for act in (
        {"act": "add_session", "session": EVENING},
        {"act": "copy_day", "date": "2027-06-14", "target": "2027-06-22"},
        {"act": "edit_day", "date": "2027-06-14", "sector": "s21"},
    ):
        found = await visitor.post(url, json=act, headers=planner)
        assert (found.status_code, found.json()["pupils"], len(found.json()["mails"])) == (200, 1, 1), found.text
    nobody = await visitor.post(url, json={"act": "edit_day", "date": "2027-06-14"}, headers=planner)
    assert (nobody.status_code, nobody.json()["pupils"]) == (200, 0)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions") == before


async def test_a_day_and_a_group_have_versions(visitor, draft, planner):
    offer = f"{API}/offers/{draft.offer_id}"
    group = (await visitor.post(f"{offer}/groups", json={"name": "A"}, headers=planner)).json()
    for url, first, second in (
        (f"{offer}/days/2027-06-14", {"emergency_phone": "112"}, {"emergency_phone": "114"}),
        (f"{offer}/groups/{group['id']}", {"name": "Rouge"}, {"name": "Vert"}),
    ):
        seen = planner | {"If-Match": '"1"'}
        assert (await visitor.patch(url, json=first, headers=seen)).json()["version"] == 2
        late = await visitor.patch(url, json=second, headers=seen)
        assert (late.status_code, late.json()["title"].endswith("-changed-meanwhile")) == (412, True)
        assert (await visitor.patch(url, json=second, headers=planner | {"If-Match": "2"})).status_code == 200
