"""The watch of one process: who has asked for too much of a class is told to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic

from services.campaigns.guarding.buckets import Buckets, Rate
from services.campaigns.guarding.client import Asked, client_of
from services.campaigns.guarding.limited import Class, class_of_post, secret_in
from services.campaigns.guarding.refusal import TooMany
from shared.signed_links import Scope, Signer

LONG_AGO = datetime.fromtimestamp(0, UTC)


class Watch:
    """Asked before anything else: it holds no connection and reads nothing but the request's head."""

    def __init__(self, rates: Mapping[str, tuple[int, float]], signer: Signer, *, trusted_hops: int = 0) -> None:
        self._buckets = {name: Buckets(Rate(*rate)) for name, rate in rates.items()}
        self._signer = signer
        self._hops = trusted_hops

    def look(self, scope: Asked) -> None:
        """Raise `TooMany` where the request comes too early.

        Only a secret whose signature does not hold counts as guessed. One that holds has been given to somebody: it is
        let through, so that a robot in a school's network closes no pupil's page.
        """
        path = scope["path"]
        if scope["method"] == "POST" and (limited := class_of_post(path)) is not None:
            self._take(limited, scope)
            return
        secret = secret_in(path)
        if secret is not None:
            scopes, token = secret
            if not any(self._is_ours(wanted, token) for wanted in scopes):
                self._take("guessing", scope)

    def refuse_guesser(self, scope: Asked) -> None:
        """Raise `TooMany` for a client whose guesses are used up; nothing is taken."""
        if (buckets := self._buckets.get("guessing")) is not None:
            wait = buckets.wait(client_of(scope, self._hops), monotonic())
            if wait:
                raise TooMany(wait)

    def note_guess(self, scope: Asked) -> None:
        """A key that opens nothing was tried."""
        if (buckets := self._buckets.get("guessing")) is not None:
            buckets.take(client_of(scope, self._hops), monotonic())

    def _is_ours(self, scope: Scope, token: str) -> bool:
        """Whether we gave it; one that opened something until a moment has passed was no guess."""
        return (self._signer.verify(scope, token) or self._signer.verify_timed(scope, token, LONG_AGO)) is not None

    def _take(self, limited: Class, scope: Asked) -> None:
        if (buckets := self._buckets.get(limited)) is not None:
            wait = buckets.take(client_of(scope, self._hops), monotonic())
            if wait:
                raise TooMany(wait)
