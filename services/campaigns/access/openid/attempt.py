"""An attempt to sign in through a provider: one secret in a cookie, from which all else is derived."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import ClassVar

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from services.campaigns.access.sign_in import own_path
from shared.languages import later
from shared.refusal import Refusal

ATTEMPT_LIFE = timedelta(minutes=10)
SECRET_AT_LEAST = 40


class AttemptLost(Refusal):
    """The answer of the provider is not one to an attempt of this browser, or comes too late."""

    reason: ClassVar[str] = "attempt-lost"
    status: ClassVar[int] = 400

    def __init__(self) -> None:
        super().__init__(
            later("Cette tentative de connexion a expiré, ou a commencé dans un autre navigateur. Recommencez.")
        )


class Attempt(Struct, frozen=True, kw_only=True):
    """`secret` is random; `goes_to` the page of ours that is wanted afterwards.

    State binds the answer to this browser, nonce the id token to this attempt (OpenID Connect Core §3.1.2.1), the
    verifier the code to who asked for it (RFC 7636).
    """

    secret: str
    goes_to: str

    @property
    def state(self) -> str:
        """What the provider gives back with its answer."""
        return self._derive("state")

    @property
    def nonce(self) -> str:
        """What the provider signs into the id token."""
        return self._derive("nonce")

    @property
    def verifier(self) -> str:
        """What only who asked can show when the code is exchanged; 43 characters."""
        return self._derive("verifier")

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, which the provider keeps with the code (method S256)."""
        return str(create_s256_code_challenge(self.verifier))

    @property
    def cookie(self) -> str:
        """The attempt as this browser keeps it."""
        return f"{self.secret}.{self.goes_to}"

    def _derive(self, purpose: str) -> str:
        digest = hmac.digest(self.secret.encode(), purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def new_attempt(goes_to: str) -> Attempt:
    """An attempt of 256 random bits."""
    return Attempt(secret=secrets.token_urlsafe(32), goes_to=own_path(goes_to))


def find_attempt(cookie: str, state: str) -> Attempt:
    """The attempt of this browser that the state belongs to; raises `AttemptLost`."""
    secret, _, goes_to = cookie.partition(".")
    attempt = Attempt(secret=secret, goes_to=own_path(goes_to))
    if len(secret) < SECRET_AT_LEAST or not hmac.compare_digest(attempt.state.encode(), state.encode()):
        raise AttemptLost
    return attempt
