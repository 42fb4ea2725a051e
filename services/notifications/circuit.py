"""The circuit: whether mails may be begun now; it opens when the server gives no answer, for all workers at once."""

from collections.abc import Callable, Iterable

from services.notifications.conditions import Conditions, Lookout
from services.notifications.note_mail_server import may_probe, note_away, note_back
from services.notifications.smtp import Outcome
from shared import clock
from shared.database import Pool, transaction

# so many mails in a row without an answer: it is not the mails
LOSSES = 3
# as many as one likes
_ALL = 1_000_000


class Circuit:
    """One per process; what they agree on is in the database (conditions.py)."""

    def __init__(self, pool: Pool, server: str, ring: Callable[[], None]) -> None:
        self._pool = pool
        self._server = server
        self._ring = ring
        self._lookout = Lookout(pool, server)
        self._losses = 0

    async def conditions(self) -> Conditions:
        """The conditions of now, or of half a second ago."""
        return await self._lookout.look()

    async def let_through(self) -> int:
        """How many mails may be begun: all, none, or one, to see whether the server is back."""
        conditions = await self._lookout.look()
        if conditions.paused or conditions.away:
            self._lookout.forget()
            conditions = await self._lookout.look()
        if conditions.paused:
            return 0
        if not conditions.away:
            return _ALL
        async with transaction(self._pool) as connection:
            return int(await may_probe(connection, self._server, now=clock.now()))

    async def goes_on(self, let_through: int) -> bool:
        """Whether the next of the mails that were let through may be begun."""
        conditions = await self._lookout.look()
        return not conditions.paused and (not conditions.away or let_through == 1)

    async def hear(self, outcomes: Iterable[Outcome], *, probed: bool) -> None:
        """What the server said, or did not: any answer closes the circuit, several silences open it."""
        kinds = [outcome.kind for outcome in outcomes if outcome.kind != "kept"]
        if not kinds:
            return
        if any(kind != "lost" for kind in kinds):
            self._losses = 0
            if probed or (await self._lookout.look()).away:
                await self._close()
            return
        self._losses += len(kinds)
        if self._losses >= LOSSES:
            await self.open("NoAnswer")

    async def open(self, error: str) -> None:
        """Nobody begins anything until one has tried."""
        async with transaction(self._pool) as connection:
            await note_away(connection, self._server, error=error, now=clock.now())
        self._lookout.forget()

    async def _close(self) -> None:
        async with transaction(self._pool) as connection:
            was_away = await note_back(connection, self._server, now=clock.now())
        self._lookout.forget()
        if was_away:
            self._ring()
