"""The facts that mails tell, events and programmes: they never change, so they are remembered."""

from collections.abc import Iterable
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from shared.database import Connection
from shared.events import AnyEvent, decode_event
from shared.programme import Programme

Key = TypeVar("Key")
Fact = TypeVar("Fact")


def read_fact(body: str) -> AnyEvent | None:
    """The event; none where a newer release has written what this one does not know."""
    try:
        return decode_event(body)
    except msgspec.ValidationError:
        return None


class _Memory(Generic[Key, Fact]):
    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Key, Fact] = {}

    def missing(self, keys: Iterable[Key]) -> list[Key]:
        return [key for key in dict.fromkeys(keys) if key not in self._known]

    def keep(self, key: Key, fact: Fact) -> None:
        while len(self._known) >= self._size:
            self._known.pop(next(iter(self._known)))
        self._known[key] = fact

    def pick(self, keys: Iterable[Key]) -> dict[Key, Fact]:
        return {key: self._known[key] for key in keys if key in self._known}


class Facts:
    """What this process remembers of the contract: some hundred events, some dozen programmes."""

    def __init__(self) -> None:
        self._events: _Memory[UUID, AnyEvent] = _Memory(1000)
        self._programmes: _Memory[tuple[UUID, int], Programme] = _Memory(50)

    async def events(self, connection: Connection, ids: Iterable[UUID]) -> dict[UUID, AnyEvent]:
        """The events of these ids that this release can read, their audience left out."""
        ids = list(ids)
        found: dict[UUID, AnyEvent] = {}
        if missing := self._events.missing(ids):
            rows = await connection.fetch(
                "SELECT id, body - 'audience' AS body FROM contract.events WHERE id = ANY($1::uuid[])", missing
            )
            for row in rows:
                if event := read_fact(row["body"]):
                    found[row["id"]] = event
                    self._events.keep(row["id"], event)
        return {**found, **self._events.pick(ids)}

    async def programmes(
        self, connection: Connection, keys: Iterable[tuple[UUID, int]]
    ) -> dict[tuple[UUID, int], Programme]:
        """The programmes of these (offer, version)."""
        keys = list(keys)
        found: dict[tuple[UUID, int], Programme] = {}
        if missing := self._programmes.missing(keys):
            rows = await connection.fetch(
                """
                SELECT p.offer_id, p.version, p.body
                FROM contract.programmes p
                JOIN unnest($1::uuid[], $2::int[]) AS wanted (offer_id, version) USING (offer_id, version)
                """,
                [offer_id for offer_id, _ in missing],
                [version for _, version in missing],
            )
            for row in rows:
                key = (row["offer_id"], row["version"])
                found[key] = msgspec.json.decode(row["body"], type=Programme)
                self._programmes.keep(key, found[key])
        return {**found, **self._programmes.pick(keys)}
