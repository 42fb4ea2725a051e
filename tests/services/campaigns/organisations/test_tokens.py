"""API tokens: shown once, hashed, bounded by a role and a day, revoked at once."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation/jetons"


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def create(owner, role: str = "viewer", name: str = "Notre site") -> str:
    answer = await owner.post(PATH, {"name": name, "role": role, "until": in_days(30)})
    assert answer.status_code == 201, answer.text
    return re.search(r">(qz_[\w-]+)<", answer.text)[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(owner, pool):
    secret = await create(owner)
    assert len(secret) == 46
    assert secret not in (await owner.get(PATH)).text
    kept = await pool.fetchrow("SELECT * FROM campaigns.api_tokens")
    assert kept["secret_hash"] == hashlib.sha256(secret.encode()).digest()
    assert secret not in str(dict(kept))
    assert secret not in str(await pool.fetch("SELECT * FROM campaigns.audit"))


async def test_a_token_acts_for_its_organisation_in_its_role(owner, visitor, federation):
    secret = await create(owner, "viewer")
    address = f"/api/v1/organisations/{federation}"
    assert (await visitor.get(f"{address}/members", headers=bearer(secret))).status_code == 200
    # what a viewer may not: the role bounds it
    assert (await visitor.get(f"{address}/tokens", headers=bearer(secret))).status_code == 403
    body = {"email": "mina@federation.example", "role": "owner"}
    assert (await visitor.post(f"{address}/invitations", json=body, headers=bearer(secret))).status_code == 403


async def test_its_last_use_is_shown(owner, visitor, federation):
    secret = await create(owner)
    assert "n’a jamais servi" in (await owner.get(PATH)).text
    await visitor.get(f"/api/v1/organisations/{federation}/members", headers=bearer(secret))
    page = (await owner.get(PATH)).text
    assert "servi pour la dernière fois" in page
    assert "n’a jamais servi" not in page


async def test_a_revoked_token_opens_nothing(owner, visitor, pool, federation):
    secret = await create(owner)
    token_id = await pool.fetchval("SELECT id FROM campaigns.api_tokens")
    assert (await owner.post(f"{PATH}/{token_id}/revocation")).status_code == 303
    answer = await visitor.get(f"/api/v1/organisations/{federation}/members", headers=bearer(secret))
    assert answer.status_code == 401
    assert "Notre site" not in (await owner.get(PATH)).text
    assert (await owner.post(f"{PATH}/{token_id}/revocation")).status_code == 404


async def test_an_expired_token_opens_nothing(owner, visitor, pool, federation):
    secret = await create(owner)
    await pool.execute("UPDATE campaigns.api_tokens SET expires_at = now() - interval '1 second'")
    answer = await visitor.get(f"/api/v1/organisations/{federation}/members", headers=bearer(secret))
    assert answer.status_code == 401
    assert "Aucun jeton en service" in (await owner.get(PATH)).text


@pytest.mark.parametrize("token", ["", "qz_", "qz_" + "A" * 43, "qz_é", "qz_'; DROP TABLE x", "x" * 9000])
async def test_a_token_nobody_gave_opens_nothing(visitor, federation, token):
    headers = [(b"authorization", f"Bearer {token}".encode())]
    answer = await visitor.get(f"/api/v1/organisations/{federation}/members", headers=headers)
    assert answer.status_code == 401


async def test_a_token_of_who_has_left_is_marked(owner, sign_in, federation, pool):
    second = await sign_in(federation, role="owner", email="ali@federation.example")
    await create(second)
    assert "n’est plus membre" not in (await owner.get(PATH)).text
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", second.member.person_id)
    assert "n’est plus membre" in (await owner.get(PATH)).text


async def test_a_token_needs_a_name_a_role_and_a_day(owner, pool):
    answer = await owner.post(PATH, {"name": "", "role": "owner", "until": in_days(400)})
    assert answer.status_code == 422
    for sentence in ("Le nom du jeton manque", "Choisissez ce que ce jeton permet", "un an au plus"):
        assert sentence in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.api_tokens") == 0


@pytest.mark.parametrize("role", ["planner", "host", "teacher", "viewer"])
async def test_only_owners_manage_tokens(sign_in, federation, role):
    somebody = await sign_in(federation, role=role)
    assert (await somebody.get(PATH)).status_code == 403
    assert (await somebody.post(PATH, {"name": "x", "role": "viewer", "until": in_days(3)})).status_code == 403


async def test_another_organisation_s_token_does_not_exist(owner, stranger, pool):
    await create(stranger)
    theirs = await pool.fetchval("SELECT id FROM campaigns.api_tokens")
    assert (await owner.post(f"{PATH}/{theirs}/revocation")).status_code == 404
    assert await pool.fetchval("SELECT revoked_at FROM campaigns.api_tokens") is None


async def test_fifty_tokens_are_enough(owner):
    await create(owner, name="Le premier")
    for _ in range(49):
        await create(owner)
    answer = await owner.post(PATH, {"name": "De trop", "role": "viewer", "until": in_days(3)})
    assert (answer.status_code, "50 jetons" in answer.text) == (409, True)
