"""Rotations for machines: drawn, swapped, applied, against the version they have seen."""

import asyncio

import pytest

from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, Week, a_member, a_week, an_organisation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hosting(pool) -> Week:
    async with transaction(pool) as connection:
        return await a_week(connection, seats=16, slug="academie", days=0, published=False)


@pytest.fixture
def bearer(settings, hosting) -> dict[str, str]:
    return {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', hosting.organisation_id)}"}


@pytest.fixture
def path(hosting) -> str:
    return f"/api/v1/offers/{hosting.offer_id}/rotation"


def a_house(**changes) -> dict:
    """Two services, two groups of eight, Monday morning and afternoon."""
    return {
        "services": [{"name": "Informatique", "pupils_at_most": 8}, {"name": "Juridique", "pupils_at_most": 8}],
        "groups": [{"name": "A", "pupils": 8}, {"name": "B", "pupils": 8}],
        "half_days": [
            {"starts_at": "2027-06-14T09:00:00+02:00", "ends_at": "2027-06-14T12:00:00+02:00"},
            {"starts_at": "2027-06-14T13:30:00+02:00", "ends_at": "2027-06-14T16:00:00+02:00"},
        ],
        "address": "25 rue de la Fontaine Jacob, 76000 Rouen",
        **changes,
    }


async def test_a_rotation_is_drawn_read_swapped_and_applied(visitor, path, bearer, pool):
    assert (await visitor.get(path, headers=bearer)).status_code == 404
    drawn = await visitor.put(path, json=a_house(), headers=bearer)
    assert drawn.status_code == 200, drawn.text
    assert drawn.json()["cells"] == [[0, 1], [1, 0]]
    assert drawn.headers["etag"] == '"1"'
    swap = {"one": {"group": 0, "half_day": 0}, "other": {"group": 0, "half_day": 1}}
    crooked = await visitor.post(f"{path}/swaps", json=swap, headers=bearer | {"If-Match": '"1"'})
    assert len(crooked.json()["faults"]) == 2
    refused = await visitor.post(f"{path}/application", headers=bearer)
    assert (refused.status_code, refused.json()["title"]) == (409, "rotation-not-whole")
    await visitor.post(f"{path}/swaps", json=swap, headers=bearer)
    applied = await visitor.post(f"{path}/application", headers=bearer)
    assert applied.json()["applied_version"] == applied.json()["version"] == 3
    assert (await visitor.get(path, headers=bearer)).json() == applied.json()
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaigns.sessions") == 4


async def test_a_swap_sent_twice_with_one_key_is_done_once(visitor, path, bearer):
    await visitor.put(path, json=a_house(), headers=bearer)
    swap = {"one": {"group": 0, "half_day": 0}, "other": {"group": 0, "half_day": 1}}
    answers = [
        await visitor.post(
            f"{path}/swaps", json=swap, headers=bearer | {"Idempotency-Key": "une-fois", "Accept-Language": language}
        )
        for language in ("fr", "en")
    ]
    assert [answer.json()["version"] for answer in answers] == [2, 2]
    french, english = (answer.json()["faults"][0] for answer in answers)
    assert french == "Lundi 14 juin, matin : le service « Juridique » recevrait 16 élèves pour 8 places."
    assert english == "Monday 14 June, morning: the department “Juridique” would have 16 pupils for 8 seats."


async def test_what_has_changed_meanwhile_is_not_overwritten(visitor, path, bearer):
    await visitor.put(path, json=a_house(), headers=bearer)
    assert (await visitor.put(path, json=a_house(), headers=bearer | {"If-Match": '"0"'})).status_code == 412
    assert (await visitor.put(path, json=a_house(), headers=bearer | {"If-Match": "W/x"})).status_code == 422
    assert (await visitor.put(path, json=a_house(), headers=bearer | {"If-Match": '"1"'})).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"half_days": []}, 422, "invalid-field"),
        ({"half_days": [{"starts_at": "2027-06-14T09:00:00", "ends_at": "2027-06-14T12:00:00"}]}, 422, "invalid-field"),
        (
            {"half_days": [{"starts_at": "9999-12-31T20:00:00Z", "ends_at": "9999-12-31T23:59:59Z"}]},
            422,
            "invalid-field",
        ),
        ({"groups": [{"name": "A", "pupils": 9}]}, 422, "impossible-rotation"),
        ({"groups": [{"name": "=1+1", "pupils": 8}]}, 422, "invalid-field"),
        ({"address": "=1+1"}, 422, "invalid-field"),
        ({"contact": "a\nb"}, 422, "invalid-field"),
        ({"address": "\u0000"}, 422, "invalid-field"),
        ({"services": [{"name": "X", "pupils_at_most": 20, "room": "a\nb"}]}, 422, "invalid-field"),
        ({"groups": [{"name": "A", "pupils": 0}]}, 400, "invalid-body"),
        ({"groups": [{"name": "A" * 41, "pupils": 1}]}, 400, "invalid-body"),
        ({"services": [{"name": "X", "pupils_at_most": 10**30}]}, 400, "invalid-body"),
        ({"cells": [[0]]}, 400, "invalid-body"),
        ({"groups": [{"name": f"G{number}", "pupils": 1} for number in range(27)]}, 422, "invalid-field"),
    ],
)
async def test_hostile_bodies_are_refused_and_nothing_is_kept(visitor, path, bearer, pool, change, status, reason):
    answer = await visitor.put(path, json=a_house(**change), headers=bearer)
    assert (answer.status_code, answer.json()["title"]) == (status, reason), answer.text
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaigns.rotations") == 0


async def test_the_impossible_is_answered_with_the_nearest_that_can_be(visitor, path, bearer):
    answer = await visitor.put(path, json=a_house(half_days=a_house()["half_days"][:1]), headers=bearer)
    assert answer.status_code == 422
    assert "il faut 1 demi-journée de plus, ou 1 service de moins" in answer.json()["detail"]


async def test_another_organisation_finds_nothing_and_who_is_nobody_is_asked_for_a_token(visitor, path, settings, pool):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="agency", name="Agence d’ailleurs")
        await a_member(connection, other, now=NOW)
    stranger = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', other)}"}
    swap = {"one": {"group": 0, "half_day": 0}, "other": {"group": 0, "half_day": 1}}
    for headers, status in ((stranger, 404), ({}, 401)):
        assert (await visitor.get(path, headers=headers)).status_code == status
        assert (await visitor.put(path, json=a_house(), headers=headers)).status_code == status
        assert (await visitor.post(f"{path}/swaps", json=swap, headers=headers)).status_code == status
        assert (await visitor.post(f"{path}/application", headers=headers)).status_code == status
        assert (await visitor.post(f"{path}/groups", headers=headers)).status_code == status


async def test_a_rotation_that_takes_its_time_holds_up_nobody_else(visitor, path, bearer):
    sizes = (105, 132, 119, 155, 128, 128, 108, 59, 99, 162, 112, 54, 78, 92, 143, 142, 136, 54, 123, 69, 159, 92, 119,
             149, 94, 153)  # fmt: skip
    house = a_house(
        services=[{"name": "Accueil", "pupils_at_most": 300}],
        groups=[{"name": f"G{number}", "pupils": size} for number, size in enumerate(sizes)],
        half_days=[
            {"starts_at": f"2027-06-{day}T{hour:02}:00:00+02:00", "ends_at": f"2027-06-{day}T{hour + 3:02}:00:00+02:00"}
            for day in range(14, 19)
            for hour in (9, 14)
        ],
    )
    # the client waits for each answer with its whole thread: the other request comes from another one
    drawing = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(visitor.put(path, json=house, headers=bearer))))
    served = 0
    while not drawing.done():
        assert (await visitor.get("/health")).status_code == 200
        served += 1
        await asyncio.sleep(0.01)
    assert served > 5
    assert (await drawing).json()["title"] == "impossible-rotation"
