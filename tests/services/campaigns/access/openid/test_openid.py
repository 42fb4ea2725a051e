"""Signing in through a provider: who is known comes in, everything that is not quite right does not."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from litestar.testing import AsyncTestClient

from shared.database import transaction
from tests.application import visiting
from tests.services.campaigns.access.openid.conftest import CLIENT_ID, CLIENT_SECRET, OwnProvider, with_provider
from tests.world import Member, a_member, an_organisation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("provider", "rose")]
ROSE = "rose@federation.example"


@pytest.fixture
async def rose(pool) -> Member:
    async with transaction(pool) as connection:
        organisation_id = await an_organisation(connection, slug="fede", kind="federation", name="La Fédération")
        return await a_member(connection, organisation_id, role="owner", email=ROSE)


@pytest.fixture
async def visitor(settings, provider) -> AsyncIterator[AsyncTestClient]:
    async with visiting(with_provider(settings, provider.issuer)) as client:
        yield client


async def sign_in(visitor: AsyncTestClient, provider: OwnProvider) -> httpx.Response:
    there = await visitor.get("/connexion/oidc?vers=/planification/organisation", follow_redirects=False)
    assert there.status_code == 303, there.text
    return await visitor.get(provider.authorize(there.headers["location"]), follow_redirects=False)


async def to_mock(method: str, address: str, **options: Any) -> httpx.Response:
    async with httpx.AsyncClient() as browser:
        return await browser.request(method, address, **options)


def is_in(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and bool(answer.cookies.get("quinzaine"))


async def devices(pool) -> int:
    return await pool.fetchval("SELECT count(*) FROM campaigns.devices") - 1


async def test_through_the_mock_provider_a_member_comes_in(settings, mock_issuer, pool):
    await to_mock("PUT", f"{mock_issuer}/users/rose", json={"email": ROSE, "email_verified": True})
    async with visiting(with_provider(settings, mock_issuer)) as visitor:
        assert "Passer par mon organisation" in (await visitor.get("/connexion")).text
        there = await visitor.get("/connexion/oidc?vers=/planification/organisation", follow_redirects=False)
        back = (await to_mock("POST", there.headers["location"], data={"sub": "rose"})).headers["location"]
        assert back.startswith("http://quinzaine.example/connexion/oidc/retour?")
        answer = await visitor.get(f"/connexion/oidc/retour?{urlsplit(back).query}", follow_redirects=False)
        assert is_in(answer), answer.text
        assert answer.headers["location"] == "/planification/organisation"
        page = await visitor.get("/planification/organisation")
        assert "La Fédération" in page.text
    assert await pool.fetchval("SELECT oidc_subject FROM campaigns.accounts") == f"{mock_issuer} rose"


async def test_the_mock_s_denial_is_told_and_lets_nobody_in(settings, mock_issuer, pool):
    async with visiting(with_provider(settings, mock_issuer)) as visitor:
        there = await visitor.get("/connexion/oidc", follow_redirects=False)
        back = (await to_mock("POST", there.headers["location"], data={"action": "deny"})).headers["location"]
        asked = parse_qs(urlsplit(there.headers["location"]).query)
        query = f"{urlsplit(back).query}&state={asked['state'][0]}"
        answer = await visitor.get(f"/connexion/oidc/retour?{query}", follow_redirects=False)
    assert answer.status_code == 403
    assert "n’a pas pu confirmer" in answer.text
    assert await devices(pool) == 0


async def test_what_is_asked_of_the_provider(visitor):
    there = await visitor.get("/connexion/oidc", follow_redirects=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://quinzaine.example/connexion/oidc/retour"
    assert asked["scope"] == "openid email"
    cookie = there.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    secret = there.cookies["quinzaine-oidc"].strip('"').partition(".")[0]
    assert secret not in there.headers["location"]


async def test_a_member_comes_in_with_the_code_s_verifier(visitor, provider, pool):
    answer = await sign_in(visitor, provider)
    assert is_in(answer), answer.text
    assert answer.headers["location"] == "/planification/organisation"
    assert len(provider.exchanges[0]["code_verifier"]) == 43
    assert "quinzaine-oidc" not in visitor.cookies
    assert await devices(pool) == 1


async def test_an_identity_seen_before_is_known_whatever_its_address_now(visitor, provider):
    assert is_in(await sign_in(visitor, provider))
    for claims in ({"email": "rose.mariee@federation.example"}, {"email": ROSE, "email_verified": False}):
        provider.claims = claims
        assert is_in(await sign_in(visitor, provider))


async def test_who_has_no_account_is_told_what_to_do(visitor, provider, pool):
    provider.claims = {"email": "inconnu@federation.example", "sub": "inconnu"}
    answer = await sign_in(visitor, provider)
    assert answer.status_code == 403
    assert "inconnu@federation.example" in answer.text
    assert "sur invitation" in answer.text
    assert await devices(pool) == 0
    assert await pool.fetchval("SELECT count(*) FROM campaigns.accounts") == 1


async def test_who_has_an_account_but_no_organisation_is_told_the_same(visitor, provider, pool):
    await pool.execute("DELETE FROM campaigns.members")
    answer = await sign_in(visitor, provider)
    assert (answer.status_code, "sur invitation" in answer.text) == (403, True)


async def test_an_address_that_is_not_verified_is_nobody_s(visitor, provider, pool):
    for verified in (False, None, "false", 1, "oui"):
        provider.claims = {"email_verified": verified}
        assert (await sign_in(visitor, provider)).status_code == 403, verified
    assert await devices(pool) == 0


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": None},
    {"aud": [CLIENT_ID, "another"]},
    {"aud": [CLIENT_ID, "another"], "azp": "another"},
    {"azp": "another"},
    {"iss": "https://ailleurs.example"},
    {"iss": None},
    {"exp": int(time.time()) - 3600},
    {"exp": None},
    {"exp": "demain"},
    {"iat": int(time.time()) + 3600},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
    {"sub": "a\x00b"},
]


async def test_an_id_token_with_a_wrong_claim_lets_nobody_in(visitor, provider, pool):
    for claims in WRONG_CLAIMS:
        provider.claims = claims
        answer = await sign_in(visitor, provider)
        assert (answer.status_code, "n’a pas pu confirmer" in answer.text) == (403, True), claims
    assert await devices(pool) == 0


def unsigned(claims: dict) -> str:
    parts = jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)).split(".")
    return f"eyJhbGciOiJub25lIn0.{parts[1]}."


def signed_by_a_stranger(claims: dict) -> str:
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSAKey.generate_key(2048))


def signed_with_the_client_s_secret(claims: dict) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))


async def test_an_id_token_that_the_provider_did_not_sign_lets_nobody_in(visitor, provider, pool):
    broken = [lambda _: "a.b.c", lambda _: "", lambda _: "é" * 9, lambda _: None, lambda _: {"a": 1}]
    for forge in (unsigned, signed_by_a_stranger, signed_with_the_client_s_secret, *broken):
        provider.forge = forge
        assert (await sign_in(visitor, provider)).status_code == 403, forge
    assert await devices(pool) == 0


async def test_a_key_the_provider_has_changed_is_asked_for_again(visitor, provider, monkeypatch):
    assert is_in(await sign_in(visitor, provider))
    second = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    provider.published = [second]
    provider.forge = lambda claims: jwt.encode({"alg": "RS256", "kid": "second"}, claims, second)
    # keys are not asked for more than twice a minute, whatever arrives
    assert (await sign_in(visitor, provider)).status_code == 403
    monkeypatch.setattr("services.campaigns.access.openid.provider.KEYS_AGAIN_SECONDS", 0.0)
    assert is_in(await sign_in(visitor, provider))


async def test_the_answer_is_taken_once(visitor, provider, pool):
    there = await visitor.get("/connexion/oidc", follow_redirects=False)
    back = provider.authorize(there.headers["location"])
    cookie = {"cookie": f"quinzaine-oidc={there.cookies['quinzaine-oidc']}"}
    assert is_in(await visitor.get(back, follow_redirects=False))
    # the browser has forgotten the attempt; with its cookie again, the provider has forgotten the code
    visitor.cookies.clear()
    assert (await visitor.get(back, follow_redirects=False)).status_code == 400
    assert (await visitor.get(back, headers=cookie, follow_redirects=False)).status_code == 403
    assert await devices(pool) == 1


async def test_another_s_answer_does_not_sign_this_browser_in(visitor, provider, pool):
    """Login CSRF: the attacker's code and state in the victim's browser."""
    theirs = provider.authorize((await visitor.get("/connexion/oidc", follow_redirects=False)).headers["location"])
    visitor.cookies.clear()
    assert (await visitor.get(theirs, follow_redirects=False)).status_code == 400
    await visitor.get("/connexion/oidc", follow_redirects=False)
    assert (await visitor.get(theirs, follow_redirects=False)).status_code == 400
    assert await devices(pool) == 0


async def test_an_answer_to_nothing_is_refused_in_french(visitor):
    for query in ("", "?state=", "?code=x", "?state=x&code=y", "?error=access_denied", "?state=%00", "?state=%C3%A9"):
        answer = await visitor.get(f"/connexion/oidc/retour{query}", follow_redirects=False)
        assert (answer.status_code, "Recommencez" in answer.text) == (400, True), query


async def test_an_address_that_only_user_info_tells_counts_when_its_subject_is_the_same(visitor, provider, pool):
    provider.claims = {"email": None, "email_verified": None}
    provider.user_info = {"sub": "rose-1", "email": ROSE, "email_verified": True}
    assert is_in(await sign_in(visitor, provider))
    await pool.execute("UPDATE campaigns.accounts SET oidc_subject = NULL")
    provider.user_info = {"sub": "somebody-else", "email": ROSE, "email_verified": True}
    assert (await sign_in(visitor, provider)).status_code == 403


async def test_a_provider_that_is_away_is_said_to_be(visitor, provider):
    provider.broken = True
    answer = await visitor.get("/connexion/oidc", follow_redirects=False)
    assert (answer.status_code, "ne répond pas" in answer.text) == (503, True)
    provider.broken = False
    assert (await visitor.get("/connexion/oidc", follow_redirects=False)).status_code == 303


STRANGE_METADATA: list[dict[str, Any]] = [
    {"issuer": "https://ailleurs.example"},
    {"token_endpoint": "http://ailleurs.example/token"},
    {"jwks_uri": None},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"userinfo_endpoint": "http://ailleurs.example/me"},
    {"token_endpoint": ["a"]},
]


async def test_metadata_that_lead_elsewhere_are_not_followed(visitor, provider):
    for metadata in STRANGE_METADATA:
        provider.metadata = metadata
        assert (await visitor.get("/connexion/oidc", follow_redirects=False)).status_code == 503, metadata


async def test_without_a_provider_the_way_does_not_exist(settings):
    async with visiting(settings) as visitor:
        assert (await visitor.get("/connexion/oidc", follow_redirects=False)).status_code == 404
        assert (await visitor.get("/connexion/oidc/retour?state=x", follow_redirects=False)).status_code == 404
        assert "Passer par mon organisation" not in (await visitor.get("/connexion")).text


async def test_over_https_no_other_host_can_set_the_cookie_of_the_attempt(settings, provider):
    secure = msgspec.structs.replace(with_provider(settings, provider.issuer), base_url="https://quinzaine.example")
    async with visiting(secure, base_url="https://quinzaine.example") as visitor:
        there = await visitor.get("/connexion/oidc", follow_redirects=False)
        cookie = there.headers["set-cookie"]
        assert cookie.startswith("__Host-quinzaine-oidc=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        answer = await visitor.get(provider.authorize(there.headers["location"]), follow_redirects=False)
        assert answer.status_code == 303
        assert answer.cookies.get("__Host-quinzaine")
