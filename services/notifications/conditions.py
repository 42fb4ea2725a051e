"""Conditions: whether anything may be sent now, by whom all workers agree; read at most twice a second."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from shared import clock
from shared.database import Pool

# somebody presses « pause »: nothing is begun a second later
FRESH_SECONDS = 0.5


class Conditions(Struct, frozen=True):
    """What holds mails back: everything, this server (until it may be tried again), or some domains."""

    paused: bool = False
    probe_at: datetime | None = None
    held: Mapping[str, datetime] = {}

    @property
    def away(self) -> bool:
        """Whether the server is known not to answer."""
        return self.probe_at is not None


class Lookout:
    """The conditions as one process knows them."""

    def __init__(self, pool: Pool, server: str) -> None:
        self._pool = pool
        self._server = server
        self._seen = Conditions()
        self._seen_at = float("-inf")
        self._looking = asyncio.Lock()

    async def look(self) -> Conditions:
        """The conditions of now, or of half a second ago."""
        async with self._looking:
            if time.monotonic() - self._seen_at > FRESH_SECONDS:
                await self._read()
        return self._seen

    def forget(self) -> None:
        """Look again the next time: this process has just changed them."""
        self._seen_at = float("-inf")

    async def _read(self) -> None:
        began = time.monotonic()
        (row,) = await self._pool.fetch(
            """
            SELECT EXISTS (SELECT FROM contract.sending WHERE paused_at IS NOT NULL) AS paused,
                   (SELECT probe_at FROM notifications.mail_servers WHERE server = $1) AS probe_at,
                   (SELECT array_agg(domain) FROM notifications.domains WHERE held_until > $2) AS domains,
                   (SELECT array_agg(held_until) FROM notifications.domains WHERE held_until > $2) AS until
            """,
            self._server,
            clock.now(),
        )
        held = dict(zip(row["domains"] or (), row["until"] or (), strict=True))
        self._seen = Conditions(paused=row["paused"], probe_at=row["probe_at"], held=held)
        self._seen_at = began
