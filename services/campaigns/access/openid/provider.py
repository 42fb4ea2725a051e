"""The provider: what it says of itself, where it sends people, what it answers for a code. It alone speaks to it."""

import time
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from services.campaigns.access.openid.attempt import Attempt
from services.campaigns.access.openid.identity import (
    Identity,
    NotVouchedFor,
    check_id_token,
    check_user_info,
    read_identity,
)
from shared.languages import later
from shared.refusal import Refusal
from shared.settings import Settings

KEPT_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 30.0
TIMEOUT_SECONDS = 5.0
CODE_AT_MOST = 4096
SCOPE = "openid email"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

log = structlog.get_logger()


class ProviderAway(Refusal):
    """The provider does not answer, or not as OpenID Connect wants it."""

    reason: ClassVar[str] = "provider-away"
    status: ClassVar[int] = 503

    def __init__(self) -> None:
        super().__init__(later("Le service de connexion de votre organisation ne répond pas. Recevez plutôt un lien."))


class Provider:
    """One provider, as this process knows it: its metadata and keys are kept an hour, keys unknown are asked again."""

    def __init__(self, *, issuer: str, client_id: str, client_secret: str, returns_to: str) -> None:
        self.issuer = issuer
        self._client_id, self._client_secret = client_id, client_secret
        self._returns_to = returns_to
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address_of(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in; raises `ProviderAway`."""
        metadata = await self._read_metadata()
        return str(
            prepare_grant_uri(
                metadata["authorization_endpoint"],
                client_id=self._client_id,
                response_type="code",
                redirect_uri=self._returns_to,
                scope=SCOPE,
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=attempt.challenge,
                code_challenge_method="S256",
            )
        )

    async def exchange(self, attempt: Attempt, code: str, *, now: datetime) -> Identity:
        """Who signed in there; raises `ProviderAway`, `NotVouchedFor`."""
        if not 0 < len(code) <= CODE_AT_MOST:
            raise NotVouchedFor
        metadata = await self._read_metadata()
        tokens = await self._ask_tokens(metadata, attempt, code)
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise NotVouchedFor
        claims = await self._check(id_token, attempt, now)
        if "email" not in claims and metadata.get("userinfo_endpoint"):
            claims = {**claims, **await self._ask_user_info(metadata, tokens, claims["sub"], now)}
        return read_identity(self.issuer, claims)

    async def _check(self, id_token: str, attempt: Attempt, now: datetime) -> dict[str, Any]:
        """A signature that no known key made is looked at once more with the provider's newest keys."""
        for newest in (False, True):
            keys = await self._read_keys(newest=newest)
            try:
                return check_id_token(
                    id_token, keys, issuer=self.issuer, client_id=self._client_id, nonce=attempt.nonce, now=now
                )
            except NotVouchedFor as refusal:
                why = type(refusal.__cause__).__name__
                if newest:
                    log.warning("openid.refused", why=why)
        raise NotVouchedFor

    async def _ask_tokens(self, metadata: dict[str, Any], attempt: Attempt, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._returns_to,
            "code_verifier": attempt.verifier,
        }
        auth: httpx.Auth = httpx.Auth()
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in methods:
            auth = httpx.BasicAuth(self._client_id, self._client_secret)
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        try:
            async with _client() as client:
                answer = await client.post(metadata["token_endpoint"], data=form, auth=auth)
            if answer.status_code in (400, 401, 403):
                # a code used twice, a wrong verifier: the browser's matter, or the operator's
                log.warning("openid.refused", why="token", status=answer.status_code)
                raise NotVouchedFor
            return _object(answer)
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error

    async def _ask_user_info(
        self, metadata: dict[str, Any], tokens: dict[str, Any], subject: str, now: datetime
    ) -> dict[str, Any]:
        """What the id token left out, plain or signed; of the same subject (OpenID Connect Core §5.3.2)."""
        headers = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        try:
            async with _client() as client:
                answer = await client.get(metadata["userinfo_endpoint"], headers=headers)
            if answer.headers.get("content-type", "").startswith("application/jwt"):
                answer.raise_for_status()
                keys = await self._read_keys(newest=False)
                claims = check_user_info(
                    answer.text.strip(), keys, issuer=self.issuer, client_id=self._client_id, now=now
                )
            else:
                claims = _object(answer)
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error
        if claims.get("sub") != subject:
            raise NotVouchedFor
        return {name: claims[name] for name in ("email", "email_verified") if name in claims}

    async def _read_metadata(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery §4), checked to be of this issuer."""
        if self._metadata is not None and time.monotonic() - self._metadata[0] < KEPT_SECONDS:
            return self._metadata[1]
        try:
            async with _client() as client:
                answer = await client.get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            metadata = _object(answer)
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error
        given = [metadata.get(name) for name in ENDPOINTS]
        if "userinfo_endpoint" in metadata:
            given.append(metadata["userinfo_endpoint"])
        if metadata.get("issuer") != self.issuer or not all(_is_safe(address) for address in given):
            raise self._away(ValueError("metadata of another issuer, or an endpoint without a safe address"))
        self._metadata = (time.monotonic(), metadata)
        return metadata

    async def _read_keys(self, *, newest: bool) -> KeySet:
        age = time.monotonic() - self._keys[0] if self._keys else KEPT_SECONDS
        if self._keys is not None and age < (KEYS_AGAIN_SECONDS if newest else KEPT_SECONDS):
            return self._keys[1]
        metadata = await self._read_metadata()
        try:
            async with _client() as client:
                keys = _key_set(_object(await client.get(metadata["jwks_uri"])))
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error
        self._keys = (time.monotonic(), keys)
        return keys

    def _away(self, error: Exception) -> ProviderAway:
        log.warning("openid.away", error=type(error).__name__)
        return ProviderAway()


def provider_of(settings: Settings) -> Provider | None:
    """The provider of this installation, one per process, or None where there is none."""
    if not settings.oidc_issuer:
        return None
    returns_to = f"{settings.base_url}/connexion/oidc/retour"
    return _provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, returns_to)


@cache
def _provider(issuer: str, client_id: str, client_secret: str, returns_to: str) -> Provider:
    return Provider(issuer=issuer, client_id=client_id, client_secret=client_secret, returns_to=returns_to)


def _client() -> httpx.AsyncClient:
    """One for each question: people sign in a few times a day. It follows no redirect."""
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, headers={"Accept": "application/json"})


def _is_safe(address: object) -> bool:
    """Over https, or on this machine."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    )


def _object(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    found = answer.json()
    if isinstance(found, dict):
        return found
    raise ValueError("not a JSON object")


def _key_set(found: dict[str, Any]) -> KeySet:
    """The keys for signatures; one of a kind we do not know hides none of the others."""
    keys = []
    for one in found.get("keys") or []:
        if isinstance(one, dict) and one.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(one))
            except (JoseError, ValueError, TypeError, KeyError):
                log.warning("openid.strange_key")
    if not keys:
        raise ValueError("no key for signatures")
    return KeySet(keys)
