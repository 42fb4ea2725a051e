"""A teacher's pupils and visits for machines: pages by key, versions, the same again once."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.organisations.page_keys import PAGE
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.teaching.conftest import LIST, lines
from tests.world import a_week, at

pytestmark = pytest.mark.anyio

API_PUPILS = "/api/v1/teaching/pupils"
API_VISITS = "/api/v1/teaching/visits"


def in_days(count):
    return (datetime.now(UTC).date() + timedelta(days=count)).isoformat()


class Machine:
    """Somebody signed in who speaks JSON."""

    def __init__(self, who):
        self.who = who

    async def call(self, method, path, body=None, **headers):
        if not self.who.csrf:
            await self.who.get("/compte")
        given = self.who.cookies | {"X-CSRF-Token": self.who.csrf} | headers
        options = {} if body is None else {"json": body}
        return await self.who.client.request(method, path, headers=given, **options)


@pytest.fixture
def machine(teacher):
    return Machine(teacher)


@pytest.fixture
async def week(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    fields = {"list": lines(2), "class_name": "2nde 4", "key": "k"}
    assert (await teacher.post(f"/planification/classes/{week.slug}", fields)).status_code == 303
    return week


async def test_the_pupils_with_their_state_and_next_session(machine, week):
    answer = await machine.call("POST", API_PUPILS, {"pupils": [{"first_name": "Jo", "last_name": "Roy"}]})
    assert (answer.status_code, answer.json()) == (201, {"added": 1})
    page = (await machine.call("GET", API_PUPILS)).json()
    assert [(one["last_name"], one["state"], one["listed"]) for one in page["items"]] == [
        ("Roy", "nothing", True),
        ("Nom aa", "confirmed", False),
        ("Nom ab", "confirmed", False),
    ]
    assert page["next"] is None
    assert page["items"][0]["next"] is None
    assert page["items"][1]["next"]["session_id"] == str(week.sessions[0])
    assert "email" not in str(page)
    nothing = (await machine.call("GET", f"{API_PUPILS}?state=nothing")).json()["items"]
    assert [one["last_name"] for one in nothing] == ["Roy"]
    assert (await machine.call("GET", f"{API_PUPILS}?state=rien")).status_code == 400
    assert (await machine.call("GET", f"{API_PUPILS}?after=rien")).status_code == 422
    removed = await machine.call("DELETE", f"{API_PUPILS}/{nothing[0]['id']}")
    assert removed.status_code == 204
    assert (await machine.call("DELETE", f"{API_PUPILS}/{nothing[0]['id']}")).status_code == 404


async def test_a_long_list_is_walked_by_key_each_pupil_once(machine, teacher):
    await teacher.post(LIST, {"list": lines(PAGE * 2 + 5), "class_name": "2nde 4"})
    seen, after = [], ""
    while True:
        page = (await machine.call("GET", f"{API_PUPILS}?after={after}")).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert len(seen) == len(set(seen)) == PAGE * 2 + 5


async def test_the_same_list_with_the_same_key_is_answered_again(machine):
    body = {"pupils": [{"first_name": "Jo", "last_name": "Roy", "class_name": "2nde 4"}]}
    key = {"Idempotency-Key": "une-liste"}
    for _ in range(2):
        assert (await machine.call("POST", API_PUPILS, body, **key)).json() == {"added": 1}
    assert (await machine.call("POST", API_PUPILS, body)).json() == {"added": 0}
    refused = await machine.call("POST", API_PUPILS, {"pupils": [{"first_name": "", "last_name": "Roy"}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "pupils.0.first_name")
    assert (await machine.call("POST", API_PUPILS, {"pupils": []})).status_code == 400


async def test_a_visit_is_put_moved_by_version_and_taken_back(machine, week):
    path = f"{API_VISITS}/{week.sessions[0]}"
    assert (await machine.call("GET", path)).status_code == 404
    first = await machine.call("PUT", path, {})
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    again = await machine.call("PUT", path, {})
    assert again.json() == first.json()
    moved = await machine.call("PUT", path, {"starts_at": "2027-06-14T10:00:00", "minutes": 45}, **{"If-Match": '"1"'})
    assert (moved.status_code, moved.headers["etag"]) == (200, '"2"')
    assert moved.json()["starts_at"].startswith("2027-06-14T08:00:00")
    stale = await machine.call("PUT", path, {"minutes": 30}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["title"]) == (412, "visit-changed-meanwhile")
    outside = await machine.call("PUT", path, {"starts_at": at(0, 7).isoformat()})
    assert (outside.status_code, outside.json()["field"]) == (422, "starts_at")
    listed = (await machine.call("GET", API_VISITS)).json()
    assert [one["session_id"] for one in listed["items"]] == [str(week.sessions[0])]
    assert (await machine.call("DELETE", path, **{"If-Match": "1"})).status_code == 412
    for _ in range(2):
        assert (await machine.call("DELETE", path)).status_code == 204
    assert (await machine.call("GET", path)).status_code == 404
    assert (await machine.call("DELETE", f"{API_VISITS}/{new_id()}")).status_code == 404


async def test_a_proposal_is_kept_and_what_cannot_be_is_told(machine, week):
    proposal = (await machine.call("GET", f"{API_VISITS}/proposal")).json()["items"]
    assert [one["session_id"] for one in proposal] == [str(week.sessions[0])]
    assert len(proposal[0]["pupils"]) == 2
    unknown = str(new_id())
    wanted = [{"session_id": proposal[0]["session_id"], "starts_at": proposal[0]["starts_at"]}, {"session_id": unknown}]
    key = {"Idempotency-Key": "un-plan"}
    kept = await machine.call("POST", API_VISITS, {"visits": wanted}, **key)
    one, two = kept.json()["items"]
    assert one["visit"]["starts_at"] == proposal[0]["starts_at"]
    assert (two["session_id"], two["visit"], two["reason"]) == (unknown, None, "unknown-visit")
    again = await machine.call("POST", API_VISITS, {"visits": wanted}, **key)
    assert again.json() == kept.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (await machine.call("GET", f"{API_VISITS}/proposal")).json() == {"items": []}


async def test_a_token_of_the_school_reads_all_and_has_no_plan(pool, visitor, school, sign_in, week):
    owner = Machine(await sign_in(school, role="owner", email="direction@lycee.example"))
    made = await owner.call(
        "POST",
        f"/api/v1/organisations/{school}/tokens",
        {"name": "Emploi du temps", "role": "teacher", "until": in_days(3)},
    )
    headers = {"Authorization": f"Bearer {made.json()['secret']}"}
    page = await visitor.get(API_PUPILS, headers=headers)
    assert [one["last_name"] for one in page.json()["items"]] == ["Nom aa", "Nom ab"]
    for method, path in (("GET", API_VISITS), ("PUT", f"{API_VISITS}/{week.sessions[0]}"), ("POST", API_PUPILS)):
        body = {} if method == "PUT" else {"pupils": [{"first_name": "Jo", "last_name": "Roy"}]}
        answer = await visitor.request(method, path, headers=headers, **({} if method == "GET" else {"json": body}))
        assert (answer.status_code, answer.json()["title"]) == (409, "no-person"), path
    assert await pool.fetchval("SELECT count(*) FROM campaigns.visits") == 0
