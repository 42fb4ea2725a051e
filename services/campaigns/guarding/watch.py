"""The watch: who has asked for too much of a class is told to wait, by this process or by all of them together."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic

from services.campaigns.guarding.buckets import Buckets, Handfuls, Rate
from services.campaigns.guarding.client import Asked, client_of
from services.campaigns.guarding.limited import BY_HANDFULS, Class, class_of_post, secret_in
from services.campaigns.guarding.refusal import TooMany
from services.campaigns.guarding.take_together import SharedBuckets
from shared.database import Pool
from shared.signed_links import Scope, Signer

LONG_AGO = datetime.fromtimestamp(0, UTC)
READS = ("GET", "HEAD", "OPTIONS")

# a class, who asked, and how many are to be taken from what all processes share
Draw = tuple[Class, str, int]


class Watch:
    """Asked before anything else. `look` holds no connection and reads nothing but the request's head; what it returns
    is then drawn from what all processes share.

    What may come in hundreds a second (registering) is settled by handfuls: a pupil at home never waits for it, a
    robot does at every fortieth request. So of a limit of 400, each process may let 39 more through.
    """

    def __init__(
        self,
        rates: Mapping[str, tuple[int, float]],
        signer: Signer,
        pool: Pool,
        *,
        shown: Callable[[Asked], str],
        trusted_hops: int = 0,
    ) -> None:
        told = {name: Rate(*rate) for name, rate in rates.items()}
        self._buckets = {name: Buckets(rate) for name, rate in told.items()}
        self._handfuls = {name: Handfuls(max(1, told[name].at_once // 10)) for name in BY_HANDFULS if name in told}
        self._shared = SharedBuckets(pool, told)
        self._signer = signer
        # the secret of the device or the key that a request shows, or nothing
        self._shown = shown
        self._hops = trusted_hops

    def look(self, scope: Asked) -> Draw | None:
        """Raise `TooMany` where the request comes too early; else what is to be drawn.

        Only a secret whose signature does not hold counts as guessed. One that holds has been given to somebody: it is
        let through, so that a robot in a school's network closes no pupil's page.
        """
        path = scope["path"]
        if scope["method"] == "POST" and (limited := class_of_post(path)) is not None:
            return self._take(limited, client_of(scope, self._hops))
        secret = secret_in(path)
        if secret is not None:
            scopes, token = secret
            if not any(self._is_ours(wanted, token) for wanted in scopes):
                return self._take("guessing", client_of(scope, self._hops))
        if scope["method"] not in READS and (person := self._person(scope)):
            return self._take("acting", person)
        return None

    async def draw(self, draw: Draw) -> None:
        """Take it from what all processes share; raises `TooMany`, and the next ones are refused here."""
        limited, client, amount = draw
        wait = await self._shared.take(limited, self._signer.identity("asked", client), amount)
        if wait:
            if limited in self._handfuls:
                self._handfuls[limited].owe_again(client)
            self._buckets[limited].close(client, monotonic(), wait)
            raise TooMany(wait, of_one_person=limited == "acting")

    def refuse_guesser(self, scope: Asked) -> None:
        """Raise `TooMany` for a client whose guesses are used up; nothing is taken."""
        if (buckets := self._buckets.get("guessing")) is not None:
            wait = buckets.wait(client_of(scope, self._hops), monotonic())
            if wait:
                raise TooMany(wait)

    async def note_guess(self, scope: Asked) -> None:
        """A key that opens nothing was tried; raises `TooMany` where it was one too many."""
        draw = self._take("guessing", client_of(scope, self._hops))
        if draw is not None:
            await self.draw(draw)

    def _is_ours(self, scope: Scope, token: str) -> bool:
        """Whether we gave it; one that opened something until a moment has passed was no guess."""
        return (self._signer.verify(scope, token) or self._signer.verify_timed(scope, token, LONG_AGO)) is not None

    def _person(self, scope: Asked) -> str:
        """The device or the key that writes; nothing for who shows neither, and for our own services."""
        shown = self._shown(scope)
        ours = self._signer.is_service_token(shown) or self._signer.verify("planner", shown) is not None
        return "" if ours else shown

    def _take(self, limited: Class, client: str) -> Draw | None:
        buckets = self._buckets.get(limited)
        if buckets is None:
            return None
        wait = buckets.take(client, monotonic())
        if wait:
            raise TooMany(wait, of_one_person=limited == "acting")
        amount = self._handfuls[limited].owe(client) if limited in self._handfuls else 1
        return (limited, client, amount) if amount else None
